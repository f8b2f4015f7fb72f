/** What a picture is called by those who cannot see it: its title, else what is known of it; never a file name. */
import { describe, type Locale } from '@memoryverse/dates';
import type { TimelineItem } from './layout/sections';

export type Translate = (key: string, values?: Record<string, unknown>) => string;

export function describeItem(
  item: Pick<TimelineItem, 'title' | 'type' | 'edtf'>,
  t: Translate,
  locale: string,
  kind = t(`timeline.kind.${item.type}`),
): string {
  if (item.title) return item.title;
  return item.edtf === ''
    ? t('timeline.labelUndated', { kind })
    : t('timeline.label', { kind, date: describe(item.edtf, locale as Locale) });
}

/** What is said beside a date that is not a day: how far it is known. */
export function vagueWords(edtf: string, t: Translate): string {
  if (/[~%]/.test(edtf)) return t('timeline.vague.about');
  if (/\?/.test(edtf)) return t('timeline.vague.guess');
  if (/^-?\d{4}-(0[1-9]|1[0-2])(-XX)?$/.test(edtf)) return t('timeline.vague.day');
  if (/^-?\d{4}-(2[1-9]|3\d|4[01])$/.test(edtf)) return t('timeline.vague.day');
  if (/^-?\d{4}(-XX(-XX)?)?$/.test(edtf)) return t('timeline.vague.month');
  return t('timeline.vague.year');
}
