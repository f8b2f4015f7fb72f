// From the marks of lexicon.ts to EDTF. Every function returns EDTF or throws a Refusal.

import { phase, shift } from './arithmetic.ts';
import { DAY, MARKS, Refusal, dayText, monthText, readPeriod, textOf } from './period.ts';

/** The places where people's words leave a choice. */
export type Choice = 'day-first' | 'century' | 'winter';

export interface Reader {
  /** The year in which the words are said. */
  thisYear: number;
  dayFirst: boolean;
  /** Read these choices the other way. */
  flipped: ReadonlySet<Choice>;
  /** The choices that were made. */
  made: Set<Choice>;
}

const YEAR = "('?\\d{1,5}|'?\\dX|\\d{3}X|\\d{2}XX|\\dXXX)(?: (BC|AD))?";

function refuse(): never {
  throw new Refusal('not-understood');
}

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

function choose(reader: Reader, choice: Choice): boolean {
  reader.made.add(choice);
  return reader.flipped.has(choice);
}

/** A year as written: two digits are of this century up to now, and of the last one otherwise. */
function yearOf(written: string, era: string | undefined, reader: Reader): string {
  const digits = written.replace("'", '');
  if (digits.endsWith('X')) {
    if (digits.length === 4) return digits;
    // The "twenties" that families tell of are still those of the last century.
    const recent = +digits[0]! <= 1;
    const other = +digits[0]! <= 2 && choose(reader, 'century');
    return (recent !== other ? '20' : '19') + digits;
  }
  const year = Number(digits);
  if (era === 'BC') {
    if (year < 1 || year > 10_000) throw new Refusal('out-of-range');
    return year === 1 ? '0000' : `-${pad(year - 1, 4)}`;
  }
  if (era === 'AD' && year <= 9999) return pad(year, 4);
  if (digits.length === 4) return digits;
  if (digits.length === 5) throw new Refusal('out-of-range');
  if (digits.length !== 2) return refuse();
  if (year > reader.thisYear % 100) return `19${digits}`;
  return (choose(reader, 'century') ? '19' : '20') + digits;
}

interface Fields {
  year?: string;
  month?: string;
  day?: string;
}

function numericDate(text: string, reader: Reader): Fields | null {
  const backward = /^(\d{4})[-./ :](\d{1,2})[-./ :](\d{1,2})$/.exec(text);
  if (backward) return { year: backward[1]!, month: backward[2]!, day: backward[3]! };
  const monthOnly = /^(\d{1,2})[./ ](\d{4})$/.exec(text) ?? /^()(\d{4})[./](0?[1-9]|1[0-2])$/.exec(text);
  if (monthOnly) return { year: monthOnly[2]!, month: monthOnly[1] || monthOnly[3]! };

  const forward = /^(\d{1,2})[-./ ](\d{1,2})[-./ ]('?\d{2}|\d{4})$/.exec(text);
  if (!forward) return null;
  const [first, second] = [+forward[1]!, +forward[2]!];
  let dayFirst = reader.dayFirst;
  if (first > 12 || second > 12) dayFirst = first > 12;
  else if (first !== second && choose(reader, 'day-first')) dayFirst = !dayFirst;
  const year = yearOf(forward[3]!, undefined, reader);
  return dayFirst ? { year, month: forward[2]!, day: forward[1]! } : { year, month: forward[1]!, day: forward[2]! };
}

const MONTH_LAST = new RegExp(`^(?:(\\d{1,2}) )?M(\\d\\d)(?: ${YEAR})?$`);
const MONTH_FIRST = new RegExp(`^M(\\d\\d) (\\d{1,2}) ${YEAR}$`);
const YEAR_FIRST = new RegExp(`^${YEAR} (?:(\\d{1,2}) )?M(\\d\\d)(?: (\\d{1,2}))?$`);

function namedMonth(text: string, reader: Reader): Fields | null {
  const dayOnly = /^M(\d\d) (\d|[0-2]\d|3[01])$/.exec(text);
  if (dayOnly && !reader.dayFirst) return { month: dayOnly[1]!, day: dayOnly[2]! };
  const monthLast = MONTH_LAST.exec(text);
  if (monthLast) {
    const [, day, month, year, era] = monthLast;
    return { day, month, year: year && yearOf(year, era, reader) };
  }
  const monthFirst = MONTH_FIRST.exec(text);
  if (monthFirst) {
    const [, month, day, year, era] = monthFirst;
    return { day, month, year: yearOf(year!, era, reader) };
  }
  const yearFirst = YEAR_FIRST.exec(text);
  if (!yearFirst) return null;
  const [, year, era, before, month, after] = yearFirst;
  return { day: before ?? after, month, year: yearOf(year!, era, reader) };
}

const DIVISION = new RegExp(`^S(\\d\\d)(?: (?:${YEAR})(?:[-/](\\d{2,5}))?)?(?: (NORTH|SOUTH))?$`);
const DIVISION_LAST = new RegExp(`^${YEAR} S(\\d\\d)$`);

function namedDivision(text: string, reader: Reader): Fields | null {
  const last = DIVISION_LAST.exec(text);
  if (last) return namedDivision(`S${last[3]} ${last[1]}${last[2] ? ` ${last[2]}` : ''}`, reader);
  const found = DIVISION.exec(text);
  if (!found) return null;
  const [, code, written, era, second, half] = found;
  const month = String(+code! + (half === 'NORTH' ? 4 : half === 'SOUTH' ? 8 : 0));
  let year = written && yearOf(written, era, reader);
  if (second) {
    // «зима 1941–42»: one winter of two years, and nothing else has two.
    const turnsYear = ['24', '28', '30'].includes(month) && year && /^\d{4}$/.test(year);
    const next = String(+(year ?? 0) + 1);
    if (!turnsYear || !next.endsWith(second) || (second.length > 2 && second !== next)) return refuse();
  } else if (month === '24' && year && /^\d{4}$/.test(year) && choose(reader, 'winter')) {
    year = pad(+year - 1, 4);
  }
  return { year, month };
}

const YEAR_ALONE = new RegExp(`^${YEAR}$`);

/** One date without "about" and "?"; `notes` are what was said of its parts. */
function period(text: string, notes: RegExpMatchArray[], reader: Reader): string {
  const alone = YEAR_ALONE.exec(text);
  const fields: Fields =
    (/^[\dX]{4}-[\dX]{2}(-[\dX]{2})?$/.test(text) && {
      year: text.slice(0, 4),
      month: text.slice(5, 7),
      day: text.slice(8),
    }) ||
    (alone && { year: yearOf(alone[1]!, alone[2], reader) }) ||
    numericDate(text, reader) ||
    namedMonth(text, reader) ||
    namedDivision(text, reader) ||
    refuse();

  const values = [fields.year || 'XXXX', fields.month ?? '', fields.day ?? ''];
  const marks = ['', '', ''];
  for (const [, part, says] of notes) {
    const index = 'YMD'.indexOf(part!);
    if (/^[?~%]$/.test(says!)) marks[index] = says!;
    else if (part !== 'Y') values[index] = says!;
  }
  if (values[2] && !values[1]) values[1] = 'XX';
  const edtf = values
    .map((value, index) => value && marks[index] + (index ? value.padStart(2, '0') : value))
    .filter(Boolean)
    .join('-');
  return textOf(readPeriod(edtf, false));
}

const SEASON_MONTHS: Record<string, number> = { 21: 3, 22: 6, 23: 9, 24: 12 };

/** Early, mid or late of a period; of a season it is one of its months, about. */
function phaseText(whole: string, which: 0 | 1 | 2): string {
  const season = /^(\d{4})-(2[1-4])$/.exec(whole);
  if (season) return `${monthText(Date.UTC(+season[1]!, SEASON_MONTHS[season[2]!]! - 1 + which))}~`;
  return phase(whole, which) ?? refuse();
}

/** One date with all that is said of it. */
function dated(text: string, reader: Reader): string {
  const notes = [...text.matchAll(/([YMD])=(\S+)/g)];
  let rest = text.replace(/[YMD]=\S+/g, ' ');
  const qualifier = (rest.includes('?') ? 1 : 0) | (rest.includes('~') ? 2 : 0);
  rest = rest.replace(/[?~]/g, ' ').replace(/ +/g, ' ').trim();
  rest = rest.replace(/\bAD (\d+)/, '$1 AD');

  const part = /^E([0-2]) ?-? ?(.+)$/.exec(rest);
  if (part) return phaseText(period(part[2]!, [], reader), +part[1]! as 0 | 1 | 2);
  const edtf = period(rest, notes, reader);
  if (qualifier && /[?~%]/.test(edtf)) return refuse();
  return edtf + MARKS[qualifier];
}

/** Both ends of a range, the first taking from the second what it leaves out: «14–20 июля 1962», «1968–70». */
function ends(first: string, second: string, reader: Reader): [string, string] {
  const short = /^(\d\d)( ?\?)?$/.exec(second);
  const firstYear = /^~? ?(\d\d)\d\d$/.exec(first);
  if (short && firstYear) return [dated(first, reader), dated(firstYear[1] + second, reader)];

  const to = dated(second, reader);
  if (/^\d{1,2}$/.test(first) && /^\d{4}-\d\d-\d\d/.test(to)) return [to.slice(0, 8) + first.padStart(2, '0'), to];
  const from = dated(first, reader);
  const year = /^\d{4}/.exec(to)?.[0];
  if (!from.startsWith('XXXX') || !year) return [from, to];
  const same = year + from.slice(4);
  // «Декабрь – февраль 1963» began the year before.
  return [same > to ? pad(+year - 1, 4) + from.slice(4) : same, to];
}

/** Two dates with a dash between them, which dates may have within them too. */
function dashed(text: string, reader: Reader): [string, string] {
  const dashes = [...text.matchAll(/ ?- ?/g)].sort((a, b) => b[0].length - a[0].length);
  let reason = new Refusal('not-understood');
  for (const dash of dashes) {
    try {
      return ends(text.slice(0, dash.index), text.slice(dash.index + dash[0].length), reader);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      if (error.reason !== 'not-understood') reason = error;
    }
  }
  throw reason;
}

/** The last date before, or the first one after, all of a date. */
function beyond(edtf: string, by: 1 | -1): string {
  const [, core, mark] = /^(.*?)([?~%]?)$/.exec(edtf)!;
  const neighbour = shift(core!, by);
  if (neighbour) return neighbour + mark;
  const { first, last } = readPeriod(core!, false);
  return dayText(by < 0 ? first - DAY : last + DAY) + mark;
}

function bound(sign: string, edtf: string): string {
  if (edtf.includes('/')) return refuse();
  if (sign === '<') return `[..${beyond(edtf, -1)}]`;
  if (sign === '>') return `[${beyond(edtf, 1)}..]`;
  return sign === '≤' ? `[..${edtf}]` : `[${edtf}..]`;
}

/** An EDTF text as an element of a set. */
const element = (edtf: string): string => edtf.replace(/^\[(.*)\]$/, '$1').replace('/', '..');

/** All that was said. */
export function sentence(marks: string, reader: Reader): string {
  const choices = marks.split(' OR ');
  if (choices.length > 1) return `[${choices.map((choice) => element(sentence(choice, reader))).join(',')}]`;

  // "About before 1941" is before about 1941.
  const text = marks.replace(/^([~? ]+)([<>≤≥]|FROM|TO|BETWEEN) /, '$2 $1 ').replace(/ +/g, ' ');
  const between = /^BETWEEN (.+) AND (.+)$/.exec(text);
  if (between) return `[${ends(between[1]!, between[2]!, reader).join('..')}]`;
  const limit = /^([<>≤≥]) ?(.+)$/.exec(text);
  if (limit) return bound(limit[1]!, dated(limit[2]!, reader));
  const range = /^FROM (.+) (?:TO|<) (.+)$/.exec(text) ?? /^([^<]+) TO (.+)$/.exec(text);
  if (range) return ends(range[1]!, range[2]!, reader).join('/');
  const since = /^FROM (.+?)( NOEND)?$/.exec(text);
  if (since) return `${dated(since[1]!, reader)}/${since[2] ? '' : '..'}`;
  const until = /^TO (.+?)( NOSTART)?$/.exec(text);
  if (until) return `${until[2] ? '' : '..'}/${dated(until[1]!, reader)}`;

  try {
    return dated(text, reader);
  } catch (error) {
    if (!(error instanceof Refusal) || !text.includes('-')) throw error;
    return dashed(text, reader).join('/');
  }
}
