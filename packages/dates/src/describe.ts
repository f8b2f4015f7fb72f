import { phaseOf, shift } from './arithmetic.ts';
import { type Span, readShape } from './edtf.ts';
import {
  APPROXIMATE,
  MARKS,
  type Period,
  Refusal,
  UNCERTAIN,
  isDivision,
  isSharp,
  isYearless,
  qualifiersOf,
  readPeriod,
  textOf,
  unknownDigits,
} from './period.ts';
import type { Locale } from './types.ts';
import {
  type Case,
  EN_DAYS,
  EN_DECADES,
  EN_MONTHS,
  EN_SEASONS,
  RU_DAYS,
  enDivision,
  enOrdinal,
  roman,
  ruCentury,
  ruDecade,
  ruDivision,
  ruMillennium,
  ruMonth,
  ruSeason,
} from './words.ts';

/**
 * `long` for reading, `short` for tight places (months and "about" cut short, no time of day), `exact` for a field that
 * is edited: with seconds and offset, so that saving what one did not touch changes nothing.
 */
export type Form = 'long' | 'short' | 'exact';

interface Style {
  ru: boolean;
  form: Form;
}

/** Thrown where a text has no words; then the text itself is shown. */
class NoWords extends Error {}

const number = (part: { digits: string }): number => +part.digits;
const isVagueYear = (period: Period): boolean => unknownDigits(period.year) > 0 && !isYearless(period);

/** A year of which every digit is known: 1962, AD 962, 44 BC. */
function sharpYear(period: Period, { ru }: Style): string {
  const year = number(period.year);
  if (period.negative || year === 0) return ru ? `${year + 1} до н. э.` : `${year + 1} BC`;
  if (year < 1000) return ru ? `${year} н. э.` : `AD ${year}`;
  return String(year);
}

/** Decade, century or millennium. */
function vagueYear(period: Period, { ru, form }: Style, inCase: Case): string {
  if (period.negative) throw new NoWords();
  const stem = period.year.digits.replaceAll('X', '');
  const nth = Number(stem) + 1;
  if (stem.length === 3) {
    if (ru) return ruDecade(stem, inCase, form === 'short');
    const word = stem.startsWith('19') && form !== 'short' ? EN_DECADES[+stem[2]!] : '';
    return `${form === 'short' ? '' : 'the '}${word || `${stem}0s`}`;
  }
  if (stem.length === 2) return ru ? `${roman(nth)} ${ruCentury(inCase)}` : `the ${enOrdinal(nth)} century`;
  return ru ? ruMillennium(nth, inCase) : `the ${enOrdinal(nth)} millennium`;
}

/** Spring to winter, with its year or years and its half of the earth; quarters, thirds and halves. */
function divisionText(period: Period, style: Style, inCase: Case): string {
  const code = number(period.month);
  const { ru } = style;
  const sharp = isSharp(period.year);
  if (code > 32) {
    if (!sharp) throw new NoWords();
    const year = sharpYear(period, style);
    return ru ? `${ruDivision(code, inCase)} ${year}` : `${enDivision(code)} of ${year}`;
  }
  const index = (code - 21) % 4;
  let text = ru ? ruSeason(index, inCase) : EN_SEASONS[index]!;
  if (sharp) {
    const year = number(period.year);
    const turnsYear = new Date(period.last).getUTCFullYear() > new Date(period.first).getUTCFullYear();
    if (turnsYear && (period.negative || year < 1000)) throw new NoWords();
    const next = year % 100 === 99 ? String(year + 1) : String((year + 1) % 100).padStart(2, '0');
    text += ` ${sharpYear(period, style)}${turnsYear ? `–${next}` : ''}`;
  }
  if (code > 28) text += ru ? ' (южное полушарие)' : ' (southern hemisphere)';
  else if (code > 24) text += ru ? ' (северное полушарие)' : ' (northern hemisphere)';
  return text;
}

/** Day and month, without the year. */
function monthText(period: Period, { ru, form }: Style, inCase: Case): string {
  const month = number(period.month);
  const day = isSharp(period.day) ? `${number(period.day)} ` : '';
  if (ru) return day + ruMonth(month, day ? 'gen' : inCase, form === 'short');
  const name = EN_MONTHS[month - 1]!;
  return day + (form === 'short' ? name.slice(0, 3) : name);
}

/** What is unknown or doubtful in a part of the date, in words behind it. */
function notesOf(period: Period, { ru }: Style): string {
  const parts = [period.year, period.month, period.day].filter((part) => part.digits);
  const alike = parts.every((part) => part.qualifier === period.year.qualifier);
  const names = ru ? ['год', 'месяц', 'день'] : ['year', 'month', 'day'];
  const doubts = ru
    ? ['', 'под вопросом', 'приблизительно', 'приблизительно и под вопросом']
    : ['', 'uncertain', 'approximate', 'approximate and uncertain'];
  const unknown = ru ? 'неизвестен' : 'unknown';
  let text = '';
  parts.forEach((part, index) => {
    const digits = part.digits;
    if (/^X+$/.test(digits)) text += `, ${names[index]} ${unknown}`;
    else if (index > 0 && digits.includes('X')) text += `, ${names[index]} ${digits}`;
    else if (index === 2 && !isSharp(period.month)) text += `, ${names[2]} ${digits}`;
    if (!alike && part.qualifier) text += `, ${names[index]} ${doubts[part.qualifier]}`;
  });
  return text;
}

/** A period without its whole qualifiers. */
function plainText(period: Period, style: Style, inCase: Case): string {
  const notes = notesOf(period, style);
  if (isDivision(period)) {
    const vague = isVagueYear(period) ? `, ${vagueYear(period, style, 'nom')}` : '';
    return divisionText(period, style, inCase) + vague + notes;
  }
  if (!isSharp(period.month)) {
    if (isYearless(period)) throw new NoWords();
    return (isSharp(period.year) ? sharpYear(period, style) : vagueYear(period, style, inCase)) + notes;
  }
  const head = monthText(period, style, inCase);
  if (isYearless(period)) return head + notes;
  const year = isSharp(period.year) ? ` ${sharpYear(period, style)}` : `, ${vagueYear(period, style, 'nom')}`;
  return head + year + notes;
}

function sharedQualifier(period: Period): number {
  const parts = [period.year, period.month, period.day].filter((part) => part.digits);
  return parts.every((part) => part.qualifier === period.year.qualifier) ? period.year.qualifier : 0;
}

/** A period with "about" and "?" where they hold for all of it. */
function periodText(period: Period, style: Style, inCase: Case = 'nom'): string {
  const qualifier = sharedQualifier(period);
  const doubt = qualifier & UNCERTAIN ? '?' : '';
  if (!(qualifier & APPROXIMATE)) return plainText(period, style, inCase) + doubt;
  const short = style.form === 'short';
  if (!style.ru) return `${short ? 'c. ' : 'about '}${plainText(period, style, inCase)}${doubt}`;
  // «около» asks for the genitive; behind another preposition «примерно» leaves the case to that one.
  if (inCase !== 'nom') return `примерно ${plainText(period, style, inCase)}${doubt}`;
  return `${short ? 'ок. ' : 'около '}${plainText(period, style, 'gen')}${doubt}`;
}

function timeText(period: Period, form: Form): string {
  const [, clock, seconds, offset] = /^T(\d\d:\d\d):(\d\d)(.*)$/.exec(period.time)!;
  if (form === 'short') return '';
  if (form === 'long') return `, ${clock}`;
  const zone = offset === 'Z' ? ' UTC' : offset ? ` UTC${offset}` : '';
  return `, ${clock}${seconds === '00' ? '' : `:${seconds}`}${zone}`;
}

/** From one to the other, saying once what they share: «14–20 июля 1962», «июнь – август 1985». */
function rangeText(from: Period, to: Period, style: Style): string {
  const plain = [from, to].every(
    (end) =>
      qualifiersOf(end) === 0 && isSharp(end.year) && !end.negative && number(end.year) >= 1000 && !isDivision(end),
  );
  const sharp = (part: 'month' | 'day'): boolean => isSharp(from[part]) && isSharp(to[part]);
  const sameYear = plain && from.year.digits === to.year.digits && textOf(from) < textOf(to);
  if (sameYear && sharp('month') && (sharp('day') || (!from.day.digits && !to.day.digits))) {
    const sameMonth = sharp('day') && from.month.digits === to.month.digits;
    if (sameMonth) return `${number(from.day)}–${periodText(to, style)}`;
    return `${monthText(from, style, 'nom')} – ${periodText(to, style)}`;
  }
  const [start, end] = [periodText(from, style), periodText(to, style)];
  return /^\d+$/.test(start + end) ? `${start}–${end}` : `${start} – ${end}`;
}

/** "Before" the next period or "after" the previous one; where that has no name, "no later" or "no earlier than" this. */
function boundText(period: Period, style: Style, by: 1 | -1): string {
  const mark = MARKS[sharedQualifier(period)]!;
  const whole = textOf(period);
  const neighbour = shift(mark ? whole.slice(0, -1) : whole, by);
  const { ru } = style;
  if (neighbour) {
    const word = by === 1 ? (ru ? 'до' : 'before') : ru ? 'после' : 'after';
    return `${word} ${periodText(readPeriod(neighbour + mark, false), style, 'gen')}`;
  }
  const word = by === 1 ? (ru ? 'не позже' : 'no later than') : ru ? 'не раньше' : 'no earlier than';
  return `${word} ${periodText(period, style, 'gen')}`;
}

function intervalText({ from, to }: Span, ends: [string, string], edtf: string, style: Style): string {
  const { ru } = style;
  if (from && to) {
    const part = phaseOf(edtf);
    if (!part) return rangeText(from, to, style);
    const whole = plainText(readPeriod(part.whole, false), style, 'gen');
    if (ru) return `${['начало', 'середина', 'конец'][part.which]} ${whole}`;
    const article = whole.startsWith('the ') ? 'the ' : '';
    return `${article}${['early ', 'mid-', 'late '][part.which]}${whole.slice(article.length)}`;
  }
  if (from) {
    const unknown = ends[1] === '' ? (ru ? ', конец неизвестен' : ', end unknown') : '';
    // A no-break space: a one-letter preposition does not stay alone at the end of a line.
    return `${ru ? 'с\u00a0' : 'since '}${periodText(from, style, 'gen')}${unknown}`;
  }
  const unknown = ends[0] === '' ? (ru ? ', начало неизвестно' : ', start unknown') : '';
  return `${ru ? 'по' : 'up to'} ${periodText(to!, style, 'acc')}${unknown}`;
}

function elementText({ from, to, joint }: Span, style: Style): string {
  if (from && to) return joint ? rangeText(from, to, style) : periodText(from, style);
  return from ? boundText(from, style, -1) : boundText(to!, style, 1);
}

function setText(spans: Span[], style: Style): string {
  const [{ from, to }] = spans as [Span];
  const { ru } = style;
  if (spans.length > 1) return spans.map((span) => elementText(span, style)).join(ru ? ' или ' : ' or ');
  if (!from || !to) return elementText(spans[0]!, style);
  return ru
    ? `между ${periodText(from, style, 'ins')} и ${periodText(to, style, 'ins')}`
    : `between ${periodText(from, style)} and ${periodText(to, style)}`;
}

/**
 * An EDTF text in words: «около 1935», «лето 1962», «до 1941». Without a date (`''`) «без даты». What has no words of its
 * own, and what is no EDTF, is returned as it is. In the forms `long` (but for the time of day) and `exact` the words
 * read back, by `understand`, as the same date.
 */
export function describe(edtf: string, locale: Locale, { form = 'long' }: { form?: Form } = {}): string {
  const style: Style = { ru: locale === 'ru', form };
  if (!edtf) return style.ru ? 'без даты' : 'no date';
  try {
    const shape = readShape(edtf);
    if (shape.kind === 'interval') return intervalText(shape.span, shape.ends, edtf, style);
    if (shape.kind === 'set') return setText(shape.spans, style);
    const { period } = shape;
    if (!period.time) return periodText(period, style);
    return (
      periodText(readPeriod(textOf(period).slice(0, textOf(period).indexOf('T')), false), style) +
      timeText(period, form)
    );
  } catch (error) {
    if (error instanceof NoWords || error instanceof Refusal) return edtf;
    throw error;
  }
}

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * The heading of a day of the timeline, `1962-07-14`: with the year «14 июля 1962, суббота», and below a heading that
 * tells the year, without it «Суббота, 14 июля».
 */
export function describeDay(date: string, locale: Locale, { year = true }: { year?: boolean } = {}): string {
  const moment = new Date(`${date}T00:00:00Z`);
  if (Number.isNaN(moment.getTime())) return date;
  const ru = locale === 'ru';
  const weekday = (ru ? RU_DAYS : EN_DAYS)[moment.getUTCDay()]!;
  const day = describe(date, locale);
  if (year && ru) return `${day}, ${weekday}`;
  return `${capital(weekday)}, ${year ? day : day.replace(/ \d{4}$/, '')}`;
}

/** The heading of a month of the timeline: «Октябрь 2008», "October 2008"; «Без даты» for the bucket `undated`. */
export function describeMonth(bucket: string, locale: Locale): string {
  return capital(describe(bucket === 'undated' ? '' : bucket, locale));
}
