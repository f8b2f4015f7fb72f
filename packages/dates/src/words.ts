// The nouns of time in both languages, for writing. What people may write instead is in lexicon.ts.

export type Case = 'nom' | 'gen' | 'acc' | 'ins';

const CASES: readonly Case[] = ['nom', 'gen', 'acc', 'ins'];
const pick = (forms: string, form: Case): string => forms.split(' ')[CASES.indexOf(form)]!;

export const EN_MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);
export const EN_SEASONS = ['spring', 'summer', 'autumn', 'winter'];
export const EN_DAYS = 'Sunday Monday Tuesday Wednesday Thursday Friday Saturday'.split(' ');
export const EN_DECADES = [
  '',
  '',
  '',
  'thirties',
  'forties',
  'fifties',
  'sixties',
  'seventies',
  'eighties',
  'nineties',
];

export const RU_MONTHS = 'январь февраль март апрель май июнь июль август сентябрь октябрь ноябрь декабрь'.split(' ');
const RU_SHORT_MONTHS = 'янв. февр. март апр. май июнь июль авг. сент. окт. нояб. дек.'.split(' ');
const RU_SEASONS = [
  'весна весны весну весной',
  'лето лета лето летом',
  'осень осени осень осенью',
  'зима зимы зиму зимой',
];
export const RU_DAYS = 'воскресенье понедельник вторник среда четверг пятница суббота'.split(' ');
const RU_DECADES = [
  '',
  '',
  '',
  'тридцат',
  'сороков',
  'пятидесят',
  'шестидесят',
  'семидесят',
  'восьмидесят',
  'девяност',
];

/** `month` from 1 to 12. */
export function ruMonth(month: number, form: Case, short = false): string {
  const full = RU_MONTHS[month - 1]!;
  const brief = RU_SHORT_MONTHS[month - 1]!;
  if (short && brief.endsWith('.')) return brief;
  const hard = /т$/.test(full);
  const stem = hard ? full : full.slice(0, -1);
  if (form === 'gen') return stem + (hard ? 'а' : 'я');
  if (form !== 'ins') return full;
  // January, February and the autumn months and December stress the ending; the rest do not.
  return stem + (hard ? 'ом' : month < 3 || month > 8 ? 'ём' : 'ем');
}

export const ruSeason = (index: number, form: Case): string => pick(RU_SEASONS[index]!, form);
export const ruCentury = (form: Case): string => pick('век века век веком', form);

/** A decade of the twentieth century by its word, the others by figures: «двадцатые» may soon be ours. */
export function ruDecade(stem: string, form: Case, figures: boolean): string {
  const word = !figures && stem.startsWith('19') ? RU_DECADES[+stem[2]!] : '';
  return word ? word + pick('ые ых ые ыми', form) : `${stem}0-${pick('е х е ми', form)}`;
}

export const ruMillennium = (number: number, form: Case): string =>
  `${number}-${pick('е го е м', form)} ${pick('тысячелетие тысячелетия тысячелетие тысячелетием', form)}`;

/** Quarters, thirds and halves: codes 33 to 41. */
export function ruDivision(code: number, form: Case): string {
  if (code < 37) return `${code - 32}-${pick('й го й м', form)} ${pick('квартал квартала квартал кварталом', form)}`;
  const ending = pick('я й ю й', form);
  if (code < 40) return `${code - 36}-${ending} ${pick('треть трети треть третью', form)}`;
  return `${code - 39}-${ending} ${pick('половина половины половину половиной', form)}`;
}

export function enOrdinal(number: number): string {
  const tens = number % 100;
  const ending = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][number % 10] ?? 'th');
  return number + ending;
}

export function enDivision(code: number): string {
  if (code < 37) return `${enOrdinal(code - 32)} quarter`;
  return code < 40 ? `${enOrdinal(code - 36)} third` : `${enOrdinal(code - 39)} half`;
}

const ROMAN: readonly [number, string][] = [
  [100, 'C'],
  [90, 'XC'],
  [50, 'L'],
  [40, 'XL'],
  [10, 'X'],
  [9, 'IX'],
  [5, 'V'],
  [4, 'IV'],
  [1, 'I'],
];

export function roman(number: number): string {
  let text = '';
  for (const [value, sign] of ROMAN) {
    for (; number >= value; number -= value) text += sign;
  }
  return text;
}
