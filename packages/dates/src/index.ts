export { describe, describeDay, describeMonth, type Form } from './describe.ts';
export { parseEdtf } from './edtf.ts';
export type { Confidence, FuzzyDate, Locale, Outcome, Precision, Reason } from './types.ts';
