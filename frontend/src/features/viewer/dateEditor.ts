/** The friendly editor of a date without its looks: forms that a date can take, and the band as a drawing. */
import { parseEdtf, type Band, type FuzzyDate } from '@memoryverse/dates';

/** Ways to write it down, in the order in which they are offered. */
export const FORMS = ['day', 'season', 'year', 'about', 'between', 'after'] as const;
export type DateForm = (typeof FORMS)[number];

export function dateOf(edtf: string): FuzzyDate | null {
  if (edtf === '') return null;
  const parsed = parseEdtf(edtf);
  return parsed.ok ? parsed.date : null;
}

/** Which of the ways a date is written in; null for one that is none of them. */
export function formOf(edtf: string): DateForm | null {
  const date = dateOf(edtf);
  if (!date) return null;
  if (date.precision === 'interval' || date.precision === 'choice') return 'between';
  if (date.precision === 'after') return 'after';
  if (date.approximate) return 'about';
  if (date.precision === 'second' || date.precision === 'day') return 'day';
  if (date.precision === 'season') return 'season';
  return date.precision === 'year' ? 'year' : null;
}

const pad = (value: number, length = 2) => String(value).padStart(length, '0');

function yearText(year: number): string {
  return year < 0 ? `-${pad(-year, 4)}` : pad(year, 4);
}

/** The same time in another form; null where nothing is known from which to begin. */
export function reshape(edtf: string, form: DateForm): string | null {
  const date = dateOf(edtf);
  const start = date?.sortKey ?? date?.earliest ?? date?.latest ?? null;
  if (start === null) return null;
  const moment = new Date(start);
  const year = moment.getUTCFullYear();
  const month = moment.getUTCMonth() + 1;
  switch (form) {
    case 'day':
      return `${yearText(year)}-${pad(month)}-${pad(moment.getUTCDate())}`;
    case 'season': {
      // Winter belongs to the year in which it begins.
      const season = month === 12 || month < 3 ? 24 : month < 6 ? 21 : month < 9 ? 22 : 23;
      const exact = date?.precision === 'day' || date?.precision === 'second' || date?.precision === 'month';
      return exact ? `${yearText(month < 3 ? year - 1 : year)}-${season}` : `${yearText(year)}-22`;
    }
    case 'year':
      return yearText(year);
    case 'about':
      return `${yearText(year)}~`;
    case 'between':
      return `[${yearText(year)}..${yearText(year + 2)}]`;
    case 'after':
      return `[${yearText(year)}..]`;
  }
}

export interface BandTick {
  readonly year: number;
  /** In percent of the width. */
  readonly at: number;
}

export interface BandDrawing {
  readonly from: number;
  readonly to: number;
  /** Width of what fades, in percent of the band itself. */
  readonly softStart: number;
  readonly softEnd: number;
  readonly ticks: readonly BandTick[];
}

const yearOfMs = (ms: number) => new Date(ms).getUTCFullYear();
const startOfYear = (year: number) => {
  const date = new Date(Date.UTC(2000, 0, 1));
  date.setUTCFullYear(year);
  return date.getTime();
};

/** Years around the band, to a true scale, with the band upon them. */
export function drawBand(band: Band): BandDrawing {
  const known = band.earliest ?? band.latest ?? 0;
  const begins = yearOfMs(band.earliest ?? known) - (band.earliest === null ? 12 : 0);
  const ends = yearOfMs(band.latest ?? known) + (band.latest === null ? 12 : 0);
  const length = ends - begins + 1;
  const room = Math.max(1, length * 0.35);
  const edges = (step: number) => ({
    first: Math.floor((begins - room) / step) * step,
    last: Math.ceil((ends + 1 + room) / step) * step,
  });
  // Seven years written beside each other are as many as a phone has room for.
  const step =
    [1, 2, 5, 10, 20, 50, 100, 200, 500].find((each) => (edges(each).last - edges(each).first) / each <= 6) ?? 1000;
  const { first, last } = edges(step);
  const zero = startOfYear(first);
  const whole = startOfYear(last) - zero;
  const at = (ms: number) => Math.min(100, Math.max(0, ((ms - zero) / whole) * 100));
  const ticks: BandTick[] = [];
  for (let year = first; year <= last; year += step) ticks.push({ year, at: at(startOfYear(year)) });
  return {
    from: band.earliest === null ? 0 : at(band.earliest),
    to: band.latest === null ? 100 : at(band.latest),
    softStart: band.softStart * 100,
    softEnd: band.softEnd * 100,
    ticks,
  };
}
