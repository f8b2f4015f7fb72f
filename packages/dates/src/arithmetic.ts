// Neighbours and parts of periods, on their EDTF texts.

import { DAY, dayText, startOf } from './period.ts';

const pad = (value: number, length: number): string => String(value).padStart(length, '0');

/** The next (1) or the previous (-1) period of the same size; null where it has no simple name. */
export function shift(text: string, by: 1 | -1): string | null {
  const parts = /^(\d{4})(?:-(\d\d)(?:-(\d\d))?)?$/.exec(text);
  const vague = /^(\d{2,3})(X{1,2})$/.exec(text);
  let moved: string | null = null;
  if (vague && text.length === 4) {
    moved = pad(+vague[1]! + by, vague[1]!.length) + vague[2];
  } else if (parts?.[3]) {
    moved = dayText(startOf(+parts[1]!, +parts[2]!, +parts[3]) + by * DAY);
  } else if (parts?.[2]) {
    const [size, base] = +parts[2] <= 12 ? [12, 1] : [4, 21];
    const count = +parts[1]! * size + +parts[2] - base + by;
    if (+parts[2] <= 24) moved = `${pad(Math.floor(count / size), 4)}-${pad((count % size) + base, 2)}`;
  } else if (parts) {
    moved = pad(+parts[1]! + by, 4);
  }
  // Before the year 1000 the words for years differ; nobody needs the neighbours there.
  return moved && moved >= '1000' && moved <= '9999' ? moved : null;
}

/**
 * "Early", "mid" or "late" (0, 1, 2) of a century, decade, year or month, as an interval. The end that lies within is
 * approximate, since nobody means that early July ends on the tenth.
 */
export function phase(text: string, which: 0 | 1 | 2): string | null {
  const of = (early: string, mid1: string, mid2: string, late: string, first: string, last: string): string =>
    [`${first}/${early}~`, `${mid1}~/${mid2}~`, `${late}~/${last}`][which]!;
  const stem = text.replace(/X+$/, '');
  if (/^\d{2}XX$/.test(text)) return of(`${stem}30`, `${stem}40`, `${stem}60`, `${stem}70`, `${stem}00`, `${stem}99`);
  if (/^\d{3}X$/.test(text)) return of(`${stem}3`, `${stem}4`, `${stem}6`, `${stem}7`, `${stem}0`, `${stem}9`);
  if (/^\d{4}$/.test(text))
    return of(`${text}-03`, `${text}-05`, `${text}-08`, `${text}-10`, `${text}-01`, `${text}-12`);
  const month = /^(\d{4})-(0\d|1[0-2])$/.exec(text);
  if (!month) return null;
  const last = dayText(startOf(+month[1]!, +month[2]! + 1, 1) - DAY);
  return of(`${text}-10`, `${text}-11`, `${text}-20`, `${text}-21`, `${text}-01`, last);
}

/** The period of which an interval is the early, middle or late part, and which of them. */
export function phaseOf(interval: string): { whole: string; which: 0 | 1 | 2 } | null {
  for (const whole of [
    interval.slice(0, 2) + 'XX',
    interval.slice(0, 3) + 'X',
    interval.slice(0, 4),
    interval.slice(0, 7),
  ]) {
    for (const which of [0, 1, 2] as const) {
      if (phase(whole, which) === interval) return { whole, which };
    }
  }
  return null;
}
