// One date of an EDTF text. Follows core/dates/period.cpp step by step; both obey the same table of cases.

import type { Precision, Reason } from './types.ts';

export const MINUTE = 60_000;
export const DAY = 86_400_000;

const MAX_OFFSET = 14 * 60;

/** The qualifiers `?`, `~` and, both, `%` as bits. */
export const UNCERTAIN = 1;
export const APPROXIMATE = 2;
export const MARKS = ['', '?', '~', '%'] as const;

export interface Part {
  /** As written, with X for what is unspecified; empty for a part that is not given. */
  digits: string;
  qualifier: number;
}

export interface Period {
  negative: boolean;
  year: Part;
  month: Part;
  day: Part;
  /** `T15:30:00+03:00`, or empty. */
  time: string;
  offset: number | null;
  /** First and last millisecond in wall time. */
  first: number;
  last: number;
}

/** Thrown inside the package only; `parseEdtf` turns it into an answer. */
export class Refusal extends Error {
  constructor(readonly reason: Reason) {
    super(reason);
  }
}

export const unknownDigits = (part: Part): number => part.digits.split('X').length - 1;
export const isSharp = (part: Part): boolean => /^\d+$/.test(part.digits);
export const isYearless = (period: Period): boolean => period.year.digits === 'XXXX';
export const isDivision = (period: Period): boolean => isSharp(period.month) && +period.month.digits > 20;
export const qualifiersOf = (period: Period): number =>
  period.year.qualifier | period.month.qualifier | period.day.qualifier;

/** Midnight, in milliseconds; `month` may run over, and years below 100 are years below 100. */
export function startOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getTime();
}

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

/** `1962-07-14`, or `-0044-03-15`. */
export function dayText(moment: number): string {
  const date = new Date(moment);
  const year = date.getUTCFullYear();
  return `${year < 0 ? '-' : ''}${pad(Math.abs(year), 4)}-${pad(date.getUTCMonth() + 1)}-${pad(date.getUTCDate())}`;
}

export const monthText = (moment: number): string => dayText(moment).slice(0, -3);

/** The least and the greatest number that the digits leave open. */
function range(digits: string, low: number, high: number): [number, number] {
  if (!digits) return [low, high];
  return [Math.max(+digits.replaceAll('X', '0'), low), Math.min(+digits.replaceAll('X', '9'), high)];
}

function fittingDay(years: number[], months: number[], days: number[], wantLast: boolean): number {
  const [from, step] = wantLast ? [1, -1] : [0, 1];
  const within = (value: number, bounds: number[]) => value >= bounds[0]! && value <= bounds[1]!;
  // The longest wait for a 29 February is eight years (1896 to 1904).
  for (let year = years[from]!, tries = 9; within(year, years) && tries > 0; year += step, tries--) {
    for (let month = months[from]!; within(month, months); month += step) {
      for (let day = days[from]!; within(day, days); day += step) {
        const moment = startOf(year, month, day);
        if (new Date(moment).getUTCDate() === day) return moment;
      }
    }
  }
  throw new Refusal('no-such-day');
}

const SEASON_STARTS = [3, 6, 9, 12, 3, 6, 9, 12, 9, 12, 3, 6];

/** First month and number of months of the divisions 21 to 41. */
function division(code: number): [number, number] {
  if (code <= 32) return [SEASON_STARTS[code - 21]!, 3];
  if (code <= 36) return [(code - 33) * 3 + 1, 3];
  if (code <= 39) return [(code - 37) * 4 + 1, 4];
  return [(code - 40) * 6 + 1, 6];
}

function findBounds(period: Period): void {
  let years = range(period.year.digits, 0, 9999);
  // -004X is -49 to -40: the digits grow away from zero.
  if (period.negative) years = [-years[1], -years[0]];
  if (isDivision(period)) {
    const [month, months] = division(+period.month.digits);
    period.first = startOf(years[0], month, 1);
    period.last = startOf(years[1], month + months, 1) - 1;
    return;
  }
  const months = range(period.month.digits, 1, 12);
  const days = range(period.day.digits, 1, 31);
  period.first = fittingDay(years, months, days, false);
  period.last = fittingDay(years, months, days, true) + DAY - 1;
}

function readTime(period: Period, text: string): void {
  const parts = /^T(\d\d):(\d\d):(\d\d)(?:(Z)|([+-])(\d\d)(?::(\d\d))?)?$/.exec(text);
  if (!parts) throw new Refusal('not-edtf');
  const [hour, minute, second] = [+parts[1]!, +parts[2]!, +parts[3]!];
  if (parts[4]) period.offset = 0;
  if (parts[5]) {
    const minutes = +(parts[7] ?? 0);
    const size = +parts[6]! * 60 + minutes;
    if (minutes > 59 || size > MAX_OFFSET) throw new Refusal('out-of-range');
    if (parts[5] === '-' && size === 0) throw new Refusal('not-edtf');
    period.offset = parts[5] === '-' ? -size : size;
  }
  const midnight = hour === 24 && minute === 0 && second === 0;
  if ((hour > 23 && !midnight) || minute > 59 || second > 59) throw new Refusal('no-such-day');
  period.first += ((hour * 60 + minute) * 60 + second) * 1000;
  period.last = period.first + 999;
  if (period.first >= startOf(10_000, 1, 1)) throw new Refusal('out-of-range');
  period.time = `T${pad(hour % 24)}:${pad(minute)}:${pad(second)}${offsetText(period.offset)}`;
}

function offsetText(offset: number | null): string {
  if (offset === null) return '';
  if (offset === 0) return 'Z';
  const size = Math.abs(offset);
  return `${offset < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
}

// Digits, then X, to the full length: year, month, day, each with the marks round it.
const PERIOD =
  /^([?~%]?)(-?)(?=[\dX]{4})(\d*X*)([?~%]?)(?:-([?~%]?)(?=[\dX]{2})(\d*X*)([?~%]?))?(?:-([?~%]?)(?=[\dX]{2})(\d*X*)([?~%]?))?(T.*)?$/s;

/** Reads the whole text as one date, or throws a Refusal. */
export function readPeriod(text: string, allowTime: boolean): Period {
  if (/^Y-?\d{5}/.test(text)) throw new Refusal('out-of-range');
  const found = PERIOD.exec(text);
  if (!found) throw new Refusal('not-edtf');
  const [
    ,
    yearMark,
    minus,
    year,
    yearGroup,
    monthMark,
    month = '',
    monthGroup,
    dayMark,
    day = '',
    dayGroup,
    time = '',
  ] = found;
  const bits = (mark = ''): number => Math.max(0, MARKS.indexOf(mark as (typeof MARKS)[number]));
  // A mark after a part is for everything left of it too.
  const period: Period = {
    negative: minus === '-',
    year: { digits: year!, qualifier: bits(yearMark) | bits(yearGroup) | bits(monthGroup) | bits(dayGroup) },
    month: { digits: month, qualifier: bits(monthMark) | bits(monthGroup) | bits(dayGroup) },
    day: { digits: day, qualifier: bits(dayMark) | bits(dayGroup) },
    time: '',
    offset: null,
    first: 0,
    last: 0,
  };
  const wellFormed = year!.length === 4 && (!month || month.length === 2) && (!day || day.length === 2);
  if (!wellFormed || (period.negative && /^(0000|XXXX)$/.test(year!))) throw new Refusal('not-edtf');

  const number = +month;
  const outside = isSharp(period.month)
    ? number < 1 || number > 41 || (number > 12 && number < 21)
    : /^[2-9]X/.test(month);
  if (outside) throw new Refusal('no-such-day');
  if (day && isDivision(period)) throw new Refusal('not-edtf');
  const vague = (digits: string): boolean => !digits || digits === 'XX';
  if (isYearless(period) && vague(month) && vague(day)) throw new Refusal(time ? 'not-edtf' : 'says-nothing');

  findBounds(period);
  if (time) {
    const plain = isSharp(period.year) && isSharp(period.month) && isSharp(period.day) && qualifiersOf(period) === 0;
    if (!plain || !allowTime) throw new Refusal('not-edtf');
    readTime(period, time);
  }
  return period;
}

/** The date written back, normalised. */
export function textOf(period: Period): string {
  // 24:00:00 has moved to the next day, so the day is written from the moment.
  if (period.time) return dayText(period.first) + period.time;
  const parts = [period.year, period.month, period.day].filter((part) => part.digits);
  const alike = parts.every((part) => part.qualifier === period.year.qualifier);
  const text = parts
    .map((part) => {
      const sign = part === period.year && period.negative ? '-' : '';
      return (alike ? '' : MARKS[part.qualifier]) + sign + part.digits;
    })
    .join('-');
  return alike ? text + MARKS[period.year.qualifier] : text;
}

const BY_UNKNOWN_DIGITS: readonly (Precision | undefined)[] = [
  undefined,
  'decade',
  'century',
  'millennium',
  'yearless',
];

export function precisionOf(period: Period): Precision {
  if (period.time) return 'second';
  const vague = BY_UNKNOWN_DIGITS[unknownDigits(period.year)];
  if (vague) return vague;
  if (isDivision(period)) return 'season';
  if (!isSharp(period.month)) return 'year';
  return isSharp(period.day) ? 'day' : 'month';
}
