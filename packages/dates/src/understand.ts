import { parseEdtf } from './edtf.ts';
import { type Choice, type Reader, sentence } from './grammar.ts';
import { GUESS, LIKELY, UNDATED, marksOf, tidy } from './lexicon.ts';
import { DAY, Refusal, dayText } from './period.ts';
import type { Confidence, Locale, Outcome } from './types.ts';

export interface Understood {
  /** Normalised EDTF; empty when it was said that nobody knows. */
  edtf: string;
  /** Other readings of the same words, the likelier first: 7 August for "8/7/1962", the winter before. */
  alternatives: string[];
  /** What the words themselves say of it: "perhaps" is a guess, "about" and "probably" are likely. */
  confidence: Confidence;
}

const MAX_LENGTH = 200;

const normal = (edtf: string): string | null => {
  const read = parseEdtf(edtf);
  return read.ok ? read.date.edtf : null;
};

function confidenceOf(edtf: string): Confidence {
  if (/[?%]/.test(edtf)) return 'guess';
  return edtf.includes('~') ? 'likely' : 'certain';
}

/** EDTF and ISO as they are, in small letters too and with a time that leaves out the seconds. */
function asEdtf(text: string): Understood | null {
  const capitals = text
    .toUpperCase()
    .replaceAll('Х', 'X')
    .replace(/^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d)(?!:)/, '$1T$2:00');
  const edtf = normal(text) ?? normal(capitals);
  if (!edtf) return null;
  // "1940-41" is two years to anybody but a program, while "1911-12" is a month.
  const years = /^(\d\d)(\d\d)-(\d\d)$/.exec(edtf);
  const alternatives: string[] = [];
  if (years && years[3]! > years[2]!) {
    const interval = `${years[1]}${years[2]}/${years[1]}${years[3]}`;
    if (+years[3]! > 12) return { edtf: interval, alternatives: [edtf], confidence: 'certain' };
    alternatives.push(interval);
  }
  return { edtf, alternatives, confidence: confidenceOf(edtf) };
}

const DAYS_AGO: [RegExp, number][] = [
  [/^(?:today|сегодня)$/, 0],
  [/^(?:yesterday|вчера)$/, 1],
  [/^(?:the day before yesterday|позавчера)$/, 2],
];

/** Words that count from today, which is the day where the person is. */
function fromToday(text: string, today: Date): string | null {
  const midnight = Date.UTC(today.getFullYear(), today.getMonth(), today.getDate());
  for (const [pattern, days] of DAYS_AGO) if (pattern.test(text)) return dayText(midnight - days * DAY);
  if (/^(?:this year|в этом году)$/.test(text)) return String(today.getFullYear());
  if (/^(?:last year|в прошлом году)$/.test(text)) return String(today.getFullYear() - 1);
  return null;
}

const TIME =
  /^(.*\d)(?: |,|t| в | at )+(\d{1,2}):(\d\d)(?::(\d\d))?(?: ?(?:(z)|(?:utc|gmt)?([+-]\d\d(?::?\d\d)?)|(utc|gmt)))?$/;

/** The time of day behind a date, as EDTF writes it. */
function splitTime(text: string): { date: string; time: string } {
  const found = TIME.exec(text);
  if (!found) return { date: text, time: '' };
  const [, date, hour, minute, second = '00', z, offset, utc] = found;
  const zone = z || utc ? 'Z' : (offset ?? '').replace(/^(...)(\d\d)$/, '$1:$2');
  return { date: date!, time: `T${hour!.padStart(2, '0')}:${minute}:${second}${zone}` };
}

function doubtOf(text: string): { rest: string; doubt: Confidence | null } {
  const plain = text.replace(UNDATED, ' ');
  for (const [pattern, doubt] of [
    [LIKELY, 'likely'],
    [GUESS, 'guess'],
  ] as const) {
    const rest = plain.replace(pattern, ' ');
    if (rest !== plain) return { rest: `? ${rest.replace(/[,?]/g, ' ')}`.replace(/ +/g, ' ').trim(), doubt };
  }
  return { rest: text, doubt: text.includes('?') ? 'guess' : null };
}

/** Flips one choice after another to see what else it could have been. */
function readWords(
  text: string,
  time: string,
  reader: Omit<Reader, 'flipped' | 'made'>,
): Omit<Understood, 'confidence'> {
  const marks = marksOf(text);
  if (!marks) throw new Refusal('not-understood');
  const read = (flipped: Set<Choice>): { edtf: string; made: Set<Choice> } => {
    const made = new Set<Choice>();
    const result = parseEdtf(sentence(marks, { ...reader, flipped, made }) + time);
    if (!result.ok) throw new Refusal(result.reason === 'not-edtf' ? 'not-understood' : result.reason);
    return { edtf: result.date.edtf, made };
  };
  const { edtf, made } = read(new Set());
  const alternatives = new Set<string>();
  for (const choice of made) {
    try {
      alternatives.add(read(new Set([choice])).edtf);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
    }
  }
  alternatives.delete(edtf);
  return { edtf, alternatives: [...alternatives] };
}

/**
 * What a person wrote about when it was, as EDTF. Russian and English are both understood whatever the locale; it only
 * settles whether the day (`ru`) or the month (`en`) comes first in 8/7/1962. Choices made:
 * - two digits of a year are of this century up to the present year, and of the last one otherwise;
 * - «зима 1962» is the winter that begins in 1962, and the one before is an alternative;
 * - "between 1968 and 1970" is once in those years (`[1968..1970]`), "1968–1970" all of them (`1968/1970`);
 * - "early 1950s" is `1950/1953~`, "mid" `1954~/1956~`, "late" `1957~/1959`; so of centuries, years and months;
 * - "before 1941" ends with 1940 and "after 1945" begins with 1946.
 */
export function understand(input: string, locale: Locale, { today = new Date() } = {}): Outcome<Understood> {
  if (input.length > MAX_LENGTH) return { ok: false, reason: 'too-long' };
  const exact = asEdtf(input.trim());
  if (exact) return { ok: true, ...exact };
  const text = tidy(input).replace(/[.!]+$/, (end) => (/\p{L}\.$/u.test(tidy(input)) ? end : ''));
  if (text.replace(UNDATED, '').replace(/[\s.,?!-]/g, '') === '') {
    return text
      ? { ok: true, edtf: '', alternatives: [], confidence: 'certain' }
      : { ok: false, reason: 'says-nothing' };
  }
  const relative = fromToday(text, today);
  if (relative) return { ok: true, edtf: relative, alternatives: [], confidence: 'certain' };

  const { rest, doubt } = doubtOf(text);
  const { date, time } = splitTime(rest);
  try {
    const found = readWords(date, time, { thisYear: today.getFullYear(), dayFirst: locale === 'ru' });
    return { ok: true, ...found, confidence: doubt ?? confidenceOf(found.edtf) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason };
    throw error;
  }
}
