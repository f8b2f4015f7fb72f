/** Dates of the timeline in a reader's words: months, days, and what is known less closely. */
import { describe, type Locale } from '@memoryverse/dates';
import { UNDATED, type GroupKind } from './layout/sections';

const formats = new Map<string, Intl.DateTimeFormat>();

function formatOf(locale: string, name: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${name}`;
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(locale === 'en' ? 'en-GB' : locale, { ...options, timeZone: 'UTC' });
    formats.set(key, format);
  }
  return format;
}

/** Midday of a calendar day in UTC; years below 100 need the setter, or they would be taken for the 1900s. */
function dayOf(year: number, month: number, day: number): Date {
  const date = new Date(Date.UTC(2000, month - 1, day, 12));
  date.setUTCFullYear(year);
  return date;
}

function numbersOf(text: string): [number, number, number] | null {
  const match = /^(-?\d{4,})-(\d{2})(?:-(\d{2}))?/.exec(text);
  return match ? [Number(match[1]), Number(match[2]), Number(match[3] ?? 1)] : null;
}

function raised(text: string, locale: string): string {
  return text.charAt(0).toLocaleUpperCase(locale) + text.slice(1);
}

/** «Октябрь 2008», “October 2008”. */
export function monthWords(bucket: string, locale: string): string {
  const parts = numbersOf(bucket);
  if (!parts) return bucket;
  const [year, month] = parts;
  const name = formatOf(locale, 'month', { month: 'long' }).format(dayOf(year, month, 1));
  return `${raised(name, locale)} ${year}`;
}

/** «окт. 2008», for a narrow place. */
export function shortMonthWords(bucket: string, locale: string): string {
  const parts = numbersOf(bucket);
  if (!parts) return bucket;
  const [year, month] = parts;
  return `${formatOf(locale, 'short', { month: 'short' }).format(dayOf(year, month, 1))} ${year}`;
}

/** «Среда, 22 октября», “Wednesday, 22 October”; a vaguer date in its own words. */
export function groupWords(key: string, kind: GroupKind, locale: string): string {
  if (kind === 'vague') return raised(describe(key, locale as Locale), locale);
  const parts = key === UNDATED ? null : numbersOf(key);
  if (!parts) return '';
  const date = dayOf(...parts);
  const weekday = formatOf(locale, 'weekday', { weekday: 'long' }).format(date);
  const day = formatOf(locale, 'day', { day: 'numeric', month: 'long' }).format(date);
  return `${raised(weekday, locale)}, ${day}`;
}

/** The year of a day, to stand beside it where the month's title has gone from sight. */
export function yearOf(key: string): string {
  return String(numbersOf(key)?.[0] ?? '');
}
