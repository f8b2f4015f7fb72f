import { describe, type Locale } from '@memoryverse/dates';
import type { Memory } from '@memoryverse/api-client';

type Translate = (key: string, values?: Record<string, unknown>) => string;

/** What a memory is called for those who do not see it: its title, else what is known of it; never a file name. */
export function memoryName(memory: Pick<Memory, 'title' | 'type' | 'date'>, t: Translate, locale: string): string {
  if (memory.title) return memory.title;
  const kind = t(`memories.kind.${memory.type}`);
  if (memory.date.edtf === '') return t('memories.nameUndated', { kind });
  return t('memories.name', { kind, date: describe(memory.date.edtf, locale as Locale) });
}

/** Proportion at which a memory stands in a row: its picture's, held within what the design allows. */
export function shownRatio(memory: Pick<Memory, 'media'>): number {
  const [first] = memory.media;
  if (!first?.width || !first.height) return 1.2;
  return Math.min(2.4, Math.max(0.62, first.width / first.height));
}

/** Whether there is something to see; without, it is paper, and the words on the paper are its name. */
export function isPicture(memory: Pick<Memory, 'type' | 'media'>): boolean {
  const [first] = memory.media;
  if (!first || first.state === 'failed') return false;
  if (memory.type === 'video') return Boolean(first.thumbhash);
  return ['photo', 'panorama'].includes(memory.type) && (first.state === 'ready' || Boolean(first.thumbhash));
}
