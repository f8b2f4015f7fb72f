import { type Span, readShape } from './edtf.ts';
import {
  APPROXIMATE,
  MINUTE,
  type Period,
  Refusal,
  UNCERTAIN,
  isYearless,
  precisionOf,
  qualifiersOf,
  startOf,
} from './period.ts';
import type { Confidence } from './types.ts';

/** A stretch of time to draw, with ends that fade where they are not sure. */
export interface Band {
  /** Milliseconds since 1970, inclusive; null where the band runs on without end. */
  earliest: number | null;
  latest: number | null;
  /**
   * What part of the band, from 0 to 1, fades in at its start and out at its end: 0 is a hard end, 0.5 at both ends
   * leaves no part that is sure, and 1 stands at an end that is open, over whatever is drawn of it.
   */
  softStart: number;
  softEnd: number;
}

const HALF = 0.5;
const QUARTER = 0.25;

/** How far "about" reaches beyond a period to either side: two years for a year, and alike for the others. */
function reach(period: Period): [number, number] {
  const widen = (years: number, months: number, days: number): [number, number] => {
    const first = new Date(period.first);
    const after = new Date(period.last + 1);
    const move = (date: Date, by: number): number =>
      startOf(date.getUTCFullYear() + by * years, date.getUTCMonth() + 1 + by * months, date.getUTCDate() + by * days);
    return [move(first, -1), move(after, 1) - 1];
  };
  switch (precisionOf(period)) {
    case 'day':
      return widen(0, 0, 3);
    case 'month':
      return widen(0, 1, 0);
    case 'season':
      return widen(0, 3, 0);
    case 'year':
      return widen(2, 0, 0);
    case 'decade':
      return widen(5, 0, 0);
    default:
      return widen(20, 0, 0);
  }
}

interface End {
  first: number;
  last: number;
  /** How much of it fades, in milliseconds. */
  soft: number;
}

function endOf(period: Period, atLeast: number): End {
  const qualifiers = qualifiersOf(period);
  const [first, last] = qualifiers & APPROXIMATE ? reach(period) : [period.first, period.last];
  const division = precisionOf(period) === 'season' ? QUARTER : 0;
  const doubt = qualifiers & (APPROXIMATE | UNCERTAIN) ? HALF : 0;
  return { first, last, soft: Math.max(division, doubt, atLeast) * (last - first + 1) };
}

const FLOORS: Record<Confidence, number> = { certain: 0, likely: QUARTER, guess: HALF };

/**
 * The band of an EDTF text, as the design draws it: a day has hard ends, a season ends that are soft by a quarter,
 * "about 1935" reaches from 1933 to 1937 and is soft by half, "1962?" is the year and soft by half, "before 1941" fades
 * to the left. A confidence that is less than certain softens the ends further. Null for no date, for one without a
 * year, and for what is no EDTF.
 */
export function band(edtf: string, confidence: Confidence = 'certain'): Band | null {
  let spans: Span[];
  let shift = 0;
  try {
    const shape = readShape(edtf);
    if (shape.kind === 'single') {
      if (isYearless(shape.period)) return null;
      shift = -(shape.period.offset ?? 0) * MINUTE;
      spans = [{ from: shape.period, to: shape.period, joint: '' }];
    } else {
      spans = shape.kind === 'set' ? shape.spans : [shape.span];
    }
  } catch (error) {
    if (error instanceof Refusal) return null;
    throw error;
  }
  const floor = FLOORS[confidence];
  const starts = spans.map((span) => span.from && endOf(span.from, floor));
  const stops = spans.map((span) => span.to && endOf(span.to, floor));
  const start = starts.includes(null) ? null : starts.reduce((a, b) => (a!.first <= b!.first ? a : b));
  const stop = stops.includes(null) ? null : stops.reduce((a, b) => (a!.last >= b!.last ? a : b));
  // Of a band that runs on without end, a soft end fades over a part of the period that is named there.
  const length = start && stop ? stop.last - start.first + 1 : null;
  const soft = (end: End | null | undefined): number => {
    if (!end) return 1;
    return Math.min(HALF, end.soft / (length ?? end.last - end.first + 1));
  };
  return {
    earliest: start ? start.first + shift : null,
    latest: stop ? stop.last + shift : null,
    softStart: soft(start),
    softEnd: soft(stop),
  };
}
