import { shallowRef } from 'vue';

// A question before what cannot be taken back. `AppConfirm` in the shell shows it.

export interface Question {
  title: string;
  text?: string;
  /** A verb that names the result, «Удалить навсегда». */
  confirm: string;
  cancel: string;
  danger?: boolean;
}

export const question = shallowRef<(Question & { answer: (yes: boolean) => void }) | undefined>();

/** Asks, and answers true when the person agreed. */
export function ask(asked: Question): Promise<boolean> {
  question.value?.answer(false);
  return new Promise((resolve) => {
    question.value = {
      ...asked,
      answer: (yes) => {
        question.value = undefined;
        resolve(yes);
      },
    };
  });
}
