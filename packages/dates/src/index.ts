export { band, type Band } from './band.ts';
export { describe, describeDay, describeMonth, type Form } from './describe.ts';
export { parseEdtf } from './edtf.ts';
export { understand, type Understood } from './understand.ts';
export type { Confidence, FuzzyDate, Locale, Outcome, Precision, Reason } from './types.ts';
