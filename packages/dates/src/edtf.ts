import {
  APPROXIMATE,
  MINUTE,
  type Period,
  Refusal,
  UNCERTAIN,
  isYearless,
  monthText,
  precisionOf,
  qualifiersOf,
  readPeriod,
  textOf,
} from './period.ts';
import type { FuzzyDate, Outcome } from './types.ts';

const MAX_LENGTH = 80;
const MAX_SET_SIZE = 16;

/** A run of time from one period to another, of which one end may be missing. */
export interface Span {
  from: Period | null;
  to: Period | null;
  /** How a set joins them (`..`, or nothing for one date); `/` in an interval. */
  joint: '' | '..' | '/';
}

/** What a text is made of: one date, an interval, or the elements of a set. */
export type Shape =
  | { kind: 'single'; period: Period }
  | { kind: 'interval'; span: Span; ends: [string, string] }
  | { kind: 'set'; spans: Span[] };

function readSpan(from: string, to: string, joint: Span['joint']): Span {
  if (!from && !to) throw new Refusal('says-nothing');
  const read = (text: string): Period | null => {
    if (!text) return null;
    const period = readPeriod(text, false);
    if (isYearless(period)) throw new Refusal('not-edtf');
    return period;
  };
  const span = { from: read(from), to: read(to), joint };
  if (span.from && span.to && span.to.last < span.from.first) throw new Refusal('backwards');
  return span;
}

function readElement(text: string): Span {
  const dots = text.indexOf('..');
  return dots < 0 ? readSpan(text, text, '') : readSpan(text.slice(0, dots), text.slice(dots + 2), '..');
}

function readSet(text: string): Shape {
  const elements = text.split(',');
  // One thing between brackets is no set.
  if (elements.length === 1 && !text.includes('..')) throw new Refusal('not-edtf');
  if (elements.length > MAX_SET_SIZE || elements.includes('')) throw new Refusal('not-edtf');
  const spans = elements.map(readElement);
  const known = spans.every((span) => span.from) || spans.every((span) => span.to);
  if (!known) throw new Refusal('says-nothing');
  return { kind: 'set', spans };
}

/** Reads the parts of a text; throws a Refusal. */
export function readShape(text: string): Shape {
  if (new TextEncoder().encode(text).length > MAX_LENGTH) throw new Refusal('too-long');
  if (text.startsWith('[')) {
    if (!text.endsWith(']')) throw new Refusal('not-edtf');
    return readSet(text.slice(1, -1));
  }
  const slash = text.indexOf('/');
  if (slash < 0) return { kind: 'single', period: readPeriod(text, true) };
  const ends: [string, string] = [text.slice(0, slash), text.slice(slash + 1)];
  const given = (end: string): string => (end === '..' ? '' : end);
  return { kind: 'interval', span: readSpan(given(ends[0]), given(ends[1]), '/'), ends };
}

function elementText({ from, to, joint }: Span): string {
  return (from ? textOf(from) : '') + joint + (joint && to ? textOf(to) : '');
}

function compose(edtf: string, precision: FuzzyDate['precision'], spans: Span[]): FuzzyDate {
  const periods = spans.flatMap((span) => [span.from, span.to]).filter((period) => period !== null);
  const qualifiers = periods.reduce((all, period) => all | qualifiersOf(period), 0);
  const sortKey = Math.min(...spans.map((span) => (span.from ?? span.to)!.first));
  return {
    edtf,
    earliest: spans.every((span) => span.from) ? Math.min(...spans.map((span) => span.from!.first)) : null,
    latest: spans.every((span) => span.to) ? Math.max(...spans.map((span) => span.to!.last)) : null,
    sortKey,
    lastStart: Math.max(...spans.map((span) => (span.to ?? span.from)!.first)),
    precision,
    approximate: (qualifiers & APPROXIMATE) !== 0,
    uncertain: (qualifiers & UNCERTAIN) !== 0,
    bucket: monthText(sortKey),
    offsetMinutes: null,
  };
}

function dateOf(shape: Shape): FuzzyDate {
  if (shape.kind === 'interval') {
    const { span, ends } = shape;
    const edtf = `${span.from ? textOf(span.from) : ends[0]}/${span.to ? textOf(span.to) : ends[1]}`;
    return compose(edtf, 'interval', [span]);
  }
  if (shape.kind === 'set') {
    const { spans } = shape;
    const precision = spans.every((span) => span.from)
      ? spans.every((span) => span.to)
        ? 'choice'
        : 'after'
      : 'before';
    return compose(`[${spans.map(elementText).join(',')}]`, precision, spans);
  }
  const { period } = shape;
  const date = compose(textOf(period), precisionOf(period), [{ from: period, to: period, joint: '' }]);
  if (isYearless(period)) {
    return { ...date, earliest: null, latest: null, sortKey: null, lastStart: null, bucket: 'undated' };
  }
  const toUtc = -(period.offset ?? 0) * MINUTE;
  return { ...date, earliest: period.first + toUtc, latest: period.last + toUtc, offsetMinutes: period.offset };
}

/** Reads an EDTF text exactly as the server does. Never throws. */
export function parseEdtf(text: string): Outcome<{ date: FuzzyDate }> {
  try {
    return { ok: true, date: dateOf(readShape(text)) };
  } catch (error) {
    if (error instanceof Refusal) return { ok: false, reason: error.reason };
    throw error;
  }
}
