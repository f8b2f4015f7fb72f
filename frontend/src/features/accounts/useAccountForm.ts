import { computed, reactive, shallowRef } from 'vue';
import { useI18n } from 'vue-i18n';
import { problemText } from '@/composables/problemText';
import { fieldMessage, type Problem } from '@/services/problem';

// The fields that make an account, what is wrong with them, and what the server said.

export const shortestPassword = 8;

export function useAccountForm() {
  const { t } = useI18n();
  const fields = reactive({ name: '', email: '', password: '' });
  const problem = shallowRef<Problem>();
  const busy = shallowRef(false);
  const tried = shallowRef(false);

  const errors = computed(() => ({
    name: (tried.value && !fields.name.trim() && t('accounts.errors.name')) || fieldMessage(problem.value, 'name'),
    email:
      (tried.value && !/^\S+@\S+$/.test(fields.email.trim()) && t('accounts.errors.email')) ||
      fieldMessage(problem.value, 'email'),
    password:
      (tried.value && fields.password.length < shortestPassword && t('accounts.errors.password')) ||
      fieldMessage(problem.value, 'password'),
  }));
  /** What no single field is to blame for. */
  const message = computed(() =>
    problem.value && problem.value.errors.length === 0 ? problemText(problem.value, t) : '',
  );

  /** True when the fields may be sent; else the first wrong one gets the focus. */
  function ready(form: HTMLFormElement): boolean {
    tried.value = true;
    problem.value = undefined;
    const fine = !errors.value.name && !errors.value.email && !errors.value.password;
    if (!fine) requestAnimationFrame(() => form.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
    return fine;
  }

  return { fields, problem, busy, errors, message, ready };
}
