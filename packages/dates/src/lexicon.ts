// What people write, in both languages at once, turned into a small language of marks that grammar.ts reads:
//   1962 196X 19XX 1XXX  years, known and not        M07  month      S22  season or other part of a year
//   ~ about   ? doubt    < before   > after           ≤ ≥ no later, no earlier than
//   FROM TO BETWEEN AND OR                            E0 E1 E2  early, mid, late
//   Y= M= D=  a note on the year, month or day        BC AD NORTH SOUTH NOSTART NOEND
// Marks are capitals and the text is in small letters, so a letter that is small at the end was not understood.

import { EN_MONTHS, RU_MONTHS } from './words.ts';

/** Words, whole, with the full stop of an abbreviation. */
const words = (pattern: string, after = '(?![\\p{L}\\d])\\.?'): RegExp =>
  new RegExp(`(?<![\\p{L}\\d])(?:${pattern})${after}`, 'gu');

const ROMAN_VALUES: Record<string, number> = { i: 1, v: 5, x: 10, l: 50, c: 100 };

function fromRoman(text: string): number {
  const values = [...text].map((sign) => ROMAN_VALUES[sign]!);
  return values.reduce((sum, value, at) => (value < (values[at + 1] ?? 0) ? sum - value : sum + value), 0);
}

const centuryMark = (number: number): string =>
  number >= 1 && number <= 100 ? `${String(number - 1).padStart(2, '0')}XX` : 'x';

type Rule = [RegExp, string | ((...found: string[]) => string)];

const NOTE_MARKS: Record<string, string> = { г: 'Y', y: 'Y', м: 'M', m: 'M', д: 'D', d: 'D' };

function noteMark(_: string, part: string, says: string): string {
  const both = / (и|and) /.test(says);
  const doubt = /^(под|uncertain)/.test(says)
    ? '?'
    : /^[пa]/.test(says)
      ? '~'
      : says.replace(/^(неизвестен|unknown)$/, 'XX');
  return ` ${NOTE_MARKS[part[0]!]}=${(both ? '%' : doubt).toUpperCase()} `;
}

const ORDINALS: Rule[] = [
  'перв(?:ый|ого|ая|ой|ую|ым|ое)|first',
  'втор(?:ой|ого|ая|ую|ым|ое)|second',
  'трет(?:ий|ьего|ья|ьей|ью|ьим|ье)|third',
  'четверт(?:ый|ого|ым|ое)|fourth',
].map((pattern, index) => [
  words(`(?:${pattern})(?= (?:квартал|трет|половин|тысячел|quarter|third|half|millenn))`, ''),
  String(index + 1),
]);

const NTH = '(?:-?(?:ый|ой|ий|ого|го|ая|я|ую|ю|ым|м|ое|е|й)|st|nd|rd|th)?';

const DECADES: [string, string][] = [
  ['нулев|noughties', '200X'],
  ['десят', '201X'],
  ['двадцат|twenties', '192X'],
  ['тридцат|thirties', '193X'],
  ['сороков|forties', '194X'],
  ['пятидесят|fifties', '195X'],
  ['шестидесят|sixties', '196X'],
  ['семидесят|seventies', '197X'],
  ['восьмидесят|eighties', '198X'],
  ['девяност|nineties', '199X'],
];

function decadeRule([stems, mark]: [string, string]): Rule {
  const [ru, en] = stems.split('|');
  return [words(`${ru}(?:ые|ых|ыми|ым)${en ? `|${en}` : ''}`), ` ${mark} `];
}

/** A month by its name in any case, or by a beginning of it of three letters or more. */
function monthRule(index: number): Rule {
  const ru = RU_MONTHS[index]!;
  const stem = ru.replace(/[ьй]$/, '');
  const starts = (name: string): string[] =>
    [...name].map((_, at) => name.slice(0, at + 1)).filter((start) => start.length > 2);
  const en = EN_MONTHS[index]!.toLowerCase();
  const forms = [...starts(en), ...starts(stem), ru, `${stem}(?:а|я|е|у|ю|ом|ем)`];
  return [words([...new Set(forms)].join('|')), ` M${String(index + 1).padStart(2, '0')} `];
}

const RULES: Rule[] = [
  // Years before and of our era, before the dots of «до н. э.» mean anything else.
  [/(?<!\p{L})до (?:н\.? ?э\.?|нашей эры)|(?<!\p{L})(?:bce|bc|b\.c\.)(?!\p{L})/gu, ' BC '],
  [/(?<!\p{L})(?:н\. ?э\.?|нашей эры)|(?<!\p{L})(?:ad|ce|a\.d\.)(?!\p{L})/gu, ' AD '],

  // What describe() says of single parts.
  [
    words(
      '(год|месяц|день|year|month|day) (неизвестен|unknown|приблизительно и под вопросом|приблизительно|под вопросом|approximate and uncertain|approximate|uncertain|\\dx)',
    ),
    noteMark,
  ],
  [/(?<!\p{L})(день|day) (\d\d)(?!\d)/gu, (_, _part, digits) => ` D=${digits} `],
  [words('конец неизвестен|end unknown'), ' NOEND '],
  [words('начало неизвестно|start unknown'), ' NOSTART '],
  [/\(?(?:южное полушарие|southern hemisphere)\)?/gu, ' SOUTH '],
  [/\(?(?:северное полушарие|northern hemisphere)\)?/gu, ' NORTH '],

  // Parts of a year, centuries, decades: figures with endings.
  ...ORDINALS,
  [new RegExp(`([1-4])${NTH} (?:квартал\\p{L}*|quarter)(?!\\p{L})`, 'gu'), (_, nth) => ` S${32 + +nth!} `],
  [new RegExp(`([1-3])${NTH} (?:трет\\p{L}*|third)(?!\\p{L})`, 'gu'), (_, nth) => ` S${36 + +nth!} `],
  [new RegExp(`([12])${NTH} (?:половин\\p{L}*|half)(?!\\p{L})`, 'gu'), (_, nth) => ` S${39 + +nth!} `],
  [new RegExp(`([1-9])${NTH} (?:тысячелет\\p{L}*|millennium)(?!\\p{L})`, 'gu'), (_, nth) => ` ${+nth! - 1}XXX `],
  [
    new RegExp(`(?<![\\p{L}\\d])(\\d{1,3})${NTH} ?(?:век(?:а|е|ом|у)?|в\\.|century)(?!\\p{L})`, 'gu'),
    (_, nth) => ` ${centuryMark(+nth!)} `,
  ],
  [
    /(?<![\p{L}\d])([ivxlcх]+) ?(?:век(?:а|е|ом|у)?|в\.|в(?= |$)|century)(?!\p{L})/gu,
    (_, nth) => ` ${centuryMark(fromRoman(nth!.replaceAll('х', 'x')))} `,
  ],
  [
    /(?<!\d)(\d{2})?(\d)0(?:-?(?:ые|ых|ыми|е|х|ми)|['’]?s)(?!\p{L})/gu,
    (_, century = '', ten) => ` ${century || "'"}${ten}X `,
  ],
  [/(?<![\p{L}\d])(\d{3})[xх](?![\p{L}\d])/gu, ' $1X '],
  [/(?<!\d)(\d{1,4})(?:-?(?:ого|го|ом|м|й|ый|ое)|st|nd|rd|th)(?!\p{L})/gu, '$1'],

  // Longer phrases before their words.
  [words('не (?:позже|позднее|поздней)(?: чем)?|(?:no|not) later than|by|к'), ' ≤ '],
  [words('не (?:раньше|ранее)(?: чем)?|(?:no|not) earlier than'), ' ≥ '],
  [words('начиная с|начиная со'), ' FROM '],
  [
    words(
      'около|ок|примерно|приблизительно|прибл|где-то|порядка|приблиз|about|around|circa|ca|c|approximately|approx|roughly|some ?time|or so|or thereabouts',
    ),
    ' ~ ',
  ],
  [words('up to|till|until|through|to|по'), ' TO '],
  [words('до|раньше|ранее|перед|before|prior to|earlier than'), ' < '],
  [words('после|позже|позднее|after|later than'), ' > '],
  [words('between|между'), ' BETWEEN '],
  [words('or|или|либо'), ' OR '],
  [words('and|и'), ' AND '],
  [words('from|since|с|со|от'), ' FROM '],
  [words('нач|начало|начале|начала|early|(?:the )?(?:beginning|start)(?: of)?'), ' E0 '],
  [words('сер|середина|середине|середины|mid|(?:the )?middle(?: of)?'), ' E1 '],
  [words('кон|конец|конце|конца|late|(?:the )?end(?: of)?'), ' E2 '],

  ...DECADES.map(decadeRule),
  ...RU_MONTHS.map((_, index) => monthRule(index)),
  [words('spring|весн(?:а|ы|е|у|ой)'), ' S21 '],
  [words('summer|лет(?:о|а|е|у|ом)'), ' S22 '],
  [words('autumn|fall|осен(?:ь|и|ью)'), ' S23 '],
  [words('winter|зим(?:а|ы|е|у|ой)'), ' S24 '],

  // Words that add nothing.
  [
    words(
      'г|гг|год|года|году|годы|годов|годах|годам|годами|в|во|это|было|был|число|числа|числах|in|on|at|of|the|year|years|day|was|it',
    ),
    ' ',
  ],
  [
    words(
      '(?:mon|tues|wednes|thurs|fri|satur|sun)day|понедельник|вторник|сред[ау]|четверг|пятниц[ау]|суббот[ау]|воскресенье',
    ),
    ' ',
  ],
  [/[,;()«»"“”„]/g, ' '],
];

/** Small letters, plain dashes and spaces, no ё. */
export function tidy(input: string): string {
  return input
    .normalize('NFC')
    .toLowerCase()
    .replaceAll('ё', 'е')
    .replace(/[\u2010-\u2015\u2212]/g, '-')
    .replaceAll('≈', '~')
    .replace(/(\d)(?=г)|(\p{L})(?<![xх])(?=\d)/gu, '$1$2 ')
    .replace(/\s+/g, ' ')
    .trim();
}

/** The marks of a tidy text; null where a word of it is not known. */
export function marksOf(text: string): string | null {
  let marks = text;
  for (const [pattern, mark] of RULES) marks = marks.replace(pattern, mark as string);
  marks = marks
    .replace(/\s+/g, ' ')
    .replace(/\.(?= |$)/g, '')
    .trim();
  return /\p{Ll}/u.test(marks) ? null : marks;
}

export const UNDATED = words(
  "без даты|нет даты|дата неизвестна|неизвестно(?: когда)?|когда неизвестно|не знаю(?: когда)?|не помню|undated|no date|without(?: a)? date|date unknown|unknown(?: date)?|(?:i )?(?:don['’]?t|do not) (?:know|remember)(?: when)?",
);

/** Said before or after a date: it is no more than a guess, or rather more. */
export const GUESS = words(
  'может быть|возможно|быть может|кажется|предположительно|maybe|perhaps|possibly|(?:just )?a guess|i guess|догадка',
);
export const LIKELY = words(
  'наверное|наверно|вероятно|видимо|скорее всего|похоже(?: на)?|думаю(?:,? что)?|думаю, так|probably|likely|i think(?: so)?|presumably|looks like',
);
