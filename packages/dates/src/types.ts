/** The languages of the words. */
export type Locale = 'ru' | 'en';

/** How closely the text tells the time; the names are those of `Precision` in core/dates/fuzzy_date.hpp. */
export type Precision =
  | 'second'
  | 'day'
  | 'month'
  | 'season'
  | 'year'
  | 'decade'
  | 'century'
  | 'millennium'
  | 'interval'
  | 'before'
  | 'after'
  | 'choice'
  | 'yearless';

/** «знаю», «думаю, так», «догадка». */
export type Confidence = 'certain' | 'likely' | 'guess';

/** Why a text was refused. The first six are the server's problem types without `date.`. */
export type Reason =
  'not-edtf' | 'too-long' | 'no-such-day' | 'out-of-range' | 'backwards' | 'says-nothing' | 'not-understood';

/** What a program needs of an EDTF text; the fields mean what they mean in core/dates/fuzzy_date.hpp. */
export interface FuzzyDate {
  /** Normalised. */
  edtf: string;
  /** Milliseconds since 1970, inclusive; null where that end is open, unknown or without a year. */
  earliest: number | null;
  latest: number | null;
  /** Wall time; null for a date without a year. */
  sortKey: number | null;
  lastStart: number | null;
  precision: Precision;
  approximate: boolean;
  uncertain: boolean;
  /** `2019-07`, or `undated`. */
  bucket: string;
  offsetMinutes: number | null;
}

export type Outcome<T> = ({ ok: true } & T) | { ok: false; reason: Reason };
