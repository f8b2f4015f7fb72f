import { readFileSync } from 'node:fs';
import { describe as group, expect, it } from 'vitest';
import { type Form, describe } from './describe.ts';
import type { Locale } from './types.ts';
import { understand } from './understand.ts';

const TODAY = { today: new Date(2026, 10, 24) };

const table = JSON.parse(
  readFileSync(new URL('../../../core/dates/testdata/edtf_cases.json', import.meta.url), 'utf8'),
) as { valid: { text: string; edtf?: string }[] };
const dates = [...new Set(table.valid.map((row) => row.edtf ?? row.text))];

const PHASES = [
  '1950/1953~',
  '1954~/1956~',
  '1957~/1959',
  '1900/1930~',
  '1870~/1899',
  '1962-01/1962-03~',
  '1962-07-21~/1962-07-31',
];
const WHOLES = [
  '2026',
  '1812-06',
  '1930-21',
  '193X',
  '194X',
  '195X',
  '197X',
  '198X',
  '199X',
  '[..192X]',
  '[191X..]',
  '[196X..197X]',
];
const SETS = [
  '[1962-01..1962-03]',
  '[1962-05..1962-08]',
  '[1962-21..1962-23]',
  '[1941-24..1943-24]',
  '[1962-34..1962-41]',
  '[..1941-40]',
];
const all = [...dates, ...PHASES, ...WHOLES, ...SETS];

group('words that describe an EDTF date', () => {
  for (const locale of ['ru', 'en'] as Locale[]) {
    it.each(all)(`read back as the same date, exact, ${locale}: %s`, (edtf) => {
      const words = describe(edtf, locale, { form: 'exact' });
      expect([words, understand(words, locale, TODAY)]).toMatchObject([words, { ok: true, edtf }]);
    });
    for (const form of ['long', 'short'] as Form[]) {
      it.each(all.filter((edtf) => !edtf.includes('T')))(
        `read back as the same date, ${form}, ${locale}: %s`,
        (edtf) => {
          const words = describe(edtf, locale, { form });
          expect([words, understand(words, locale, TODAY)]).toMatchObject([words, { ok: true, edtf }]);
        },
      );
    }
  }

  it.each(dates)('are not needed: EDTF itself is understood: %s', (edtf) => {
    expect(understand(edtf, 'ru', TODAY)).toMatchObject({ ok: true, edtf });
    expect(understand(edtf, 'en', TODAY)).toMatchObject({ ok: true, edtf });
  });
});

const both: [string, string][] = [
  ['about 1935', '1935~'],
  ['About 1935.', '1935~'],
  ['circa 1935', '1935~'],
  ['c. 1935', '1935~'],
  ['ca. 1935', '1935~'],
  ['c1935', '1935~'],
  ['~1935', '1935~'],
  ['~ 1935', '1935~'],
  ['≈1935', '1935~'],
  ['around July 1935', '1935-07~'],
  ['1935 or so', '1935~'],
  ['approximately the sixties', '196X~'],
  ['около 1935', '1935~'],
  ['Около 1935 года', '1935~'],
  ['ок. 1935 г.', '1935~'],
  ['ок.1935г.', '1935~'],
  ['примерно в 1935-м году', '1935~'],
  ['где-то в 1935 году', '1935~'],
  ['где-то летом 1962', '1962-22~'],
  ['Примерно шестидесятые', '196X~'],
  ['примерно в середине 1950-х', '1954~/1956~'],
  ['1930s', '193X'],
  ["1930's", '193X'],
  ['the 1930s', '193X'],
  ['in the thirties', '193X'],
  ['30s', '193X'],
  ['30-е годы', '193X'],
  ['30-е', '193X'],
  ['в 30-х годах', '193X'],
  ['1930-е гг.', '193X'],
  ['тридцатые годы', '193X'],
  ['шестидесятые', '196X'],
  ['в шестидесятых', '196X'],
  ['the sixties', '196X'],
  ['Sixties', '196X'],
  ['80-е', '198X'],
  ['нулевые', '200X'],
  ['2010-е', '201X'],
  ['196x', '196X'],
  ['196х', '196X'],
  ['20th century', '19XX'],
  ['XX век', '19XX'],
  ['ХХ век', '19XX'],
  ['20 век', '19XX'],
  ['19-й век', '18XX'],
  ['в XIX веке', '18XX'],
  ['начало XX века', '1900/1930~'],
  ['конец XIX в.', '1870~/1899'],
  ['late 19th century', '1870~/1899'],
  ['summer 1962', '1962-22'],
  ['Summer of 1962', '1962-22'],
  ['in the summer of 1962', '1962-22'],
  ['1962 summer', '1962-22'],
  ['летом 1962', '1962-22'],
  ['летом 1962 года', '1962-22'],
  ['Лето 1962 г.', '1962-22'],
  ['лето 62-го', '1962-22'],
  ['летом 62 года', '1962-22'],
  ['весна 1945-го', '1945-21'],
  ['осенью 1941', '1941-23'],
  ['fall 1941', '1941-23'],
  ['зима 1941–42', '1941-24'],
  ['зима 1941-1942', '1941-24'],
  ['зимой 1941/42', '1941-24'],
  ['winter of 1941–42', '1941-24'],
  ['winter 1999-2000', '1999-24'],
  ['лето шестидесятых', '196X-22'],
  ['в конце лета 1962', '1962-08~'],
  ['early autumn 1962', '1962-09~'],
  ['late winter 1941-42', '1942-02~'],
  ['before 1941', '[..1940]'],
  ['до 1941', '[..1940]'],
  ['до 1941 года', '[..1940]'],
  ['до июня 1941', '[..1941-05]'],
  ['до января 1942', '[..1941-12]'],
  ['до 22 июня 1941 г.', '[..1941-06-21]'],
  ['before 1 March 1960', '[..1960-02-29]'],
  ['раньше 1941', '[..1940]'],
  ['by 1941', '[..1941]'],
  ['к 1941 году', '[..1941]'],
  ['не позже 1941', '[..1941]'],
  ['no later than 1941', '[..1941]'],
  ['after 1945', '[1946..]'],
  ['после 1945', '[1946..]'],
  ['после 9 мая 1945', '[1945-05-10..]'],
  ['не раньше 1946', '[1946..]'],
  ['before the sixties', '[..195X]'],
  ['since 1941', '1941/..'],
  ['с 1941 года', '1941/..'],
  ['1968–1970', '1968/1970'],
  ['1968 - 1970', '1968/1970'],
  ['1968—1970 гг.', '1968/1970'],
  ['1968–70', '1968/1970'],
  ['1940-41', '1940/1941'],
  ['1962-63', '1962/1963'],
  ['с 1968 по 1970', '1968/1970'],
  ['с 1968 по 1970 год', '1968/1970'],
  ['с 1968 до 1970', '1968/1970'],
  ['from 1968 to 1970', '1968/1970'],
  ['1968 to 1970', '1968/1970'],
  ['between 1968 and 1970', '[1968..1970]'],
  ['между 1968 и 1970 годами', '[1968..1970]'],
  ['между июнем и августом 1962', '[1962-06..1962-08]'],
  ['1962 или 1963', '[1962,1963]'],
  ['1962 or 1963', '[1962,1963]'],
  ['14–20 июля 1962', '1962-07-14/1962-07-20'],
  ['14-20 July 1962', '1962-07-14/1962-07-20'],
  ['28 июля – 3 августа 1962', '1962-07-28/1962-08-03'],
  ['июнь–август 1985', '1985-06/1985-08'],
  ['декабрь – февраль 1963', '1962-12/1963-02'],
  ['с июня по август 1985', '1985-06/1985-08'],
  ['14 July 1962', '1962-07-14'],
  ['14th July 1962', '1962-07-14'],
  ['July 14, 1962', '1962-07-14'],
  ['July 14th, 1962', '1962-07-14'],
  ['the 14th of July 1962', '1962-07-14'],
  ['Saturday, 14 July 1962', '1962-07-14'],
  ['14 Jul 1962', '1962-07-14'],
  ['14 июля 1962', '1962-07-14'],
  ['14 июля 1962 г.', '1962-07-14'],
  ['14 июля 1962 года', '1962-07-14'],
  ['14 июля 1962, суббота', '1962-07-14'],
  ['14-го июля 1962', '1962-07-14'],
  ['14 июля 62-го', '1962-07-14'],
  ['1962, 14 июля', '1962-07-14'],
  ['14.07.1962', '1962-07-14'],
  ['14.7.1962', '1962-07-14'],
  ['14.07.62', '1962-07-14'],
  ['14/07/1962', '1962-07-14'],
  ['07/14/1962', '1962-07-14'],
  ['14-07-1962', '1962-07-14'],
  ['1962.07.14', '1962-07-14'],
  ['1962/7/14', '1962-07-14'],
  ['1962:07:14', '1962-07-14'],
  ['07.1962', '1962-07'],
  ['July 1962', '1962-07'],
  ['Sept. 1962', '1962-09'],
  ['июль 1962', '1962-07'],
  ['в июле 1962', '1962-07'],
  ['июль 62', '1962-07'],
  ['1962?', '1962?'],
  ['1962 ?', '1962?'],
  ['1962 (?)', '1962?'],
  ['maybe 1962', '1962?'],
  ['perhaps summer 1962', '1962-22?'],
  ['probably 1962', '1962?'],
  ['наверное 1962', '1962?'],
  ['Наверное, 1962', '1962?'],
  ['1962, наверное', '1962?'],
  ['может быть, 1962?', '1962?'],
  ['скорее всего 1962 год', '1962?'],
  ['maybe about 1930', '1930%'],
  ['Похоже на лето 1962', '1962-22?'],
  ['Около 1930?', '1930%'],
  ['начало 1950-х', '1950/1953~'],
  ['в начале пятидесятых', '1950/1953~'],
  ['early 1950s', '1950/1953~'],
  ['the early fifties', '1950/1953~'],
  ['mid-1970s', '1974~/1976~'],
  ['mid 1970s', '1974~/1976~'],
  ['середина 70-х', '1974~/1976~'],
  ['конец 1940-х', '1947~/1949'],
  ['конец сороковых', '1947~/1949'],
  ['late 1940s', '1947~/1949'],
  ['начало 1962 года', '1962-01/1962-03~'],
  ['в конце 1962', '1962-10~/1962-12'],
  ['конец февраля 1964', '1964-02-21~/1964-02-29'],
  ['beginning of July 1962', '1962-07-01/1962-07-10~'],
  ['первая половина 1962', '1962-40'],
  ['second half of 1962', '1962-41'],
  ['третий квартал 1962', '1962-35'],
  ['14 июля', 'XXXX-07-14'],
  ['1962', '1962'],
  ['1962 год', '1962'],
  ['1962г.', '1962'],
  ['в 1962 году', '1962'],
  ['in 1962', '1962'],
  ['62', '1962'],
  ["'62", '1962'],
  ['62-й', '1962'],
  ['44 BC', '-0043'],
  ['44 до н. э.', '-0043'],
  ['14 июля 2019 15:30', '2019-07-14T15:30:00'],
  ['14.07.2019 в 15:30', '2019-07-14T15:30:00'],
  ['14 July 2019 at 9:05', '2019-07-14T09:05:00'],
  ['2019-07-14T15:30', '2019-07-14T15:30:00'],
  ['2019-07-14 15:30', '2019-07-14T15:30:00'],
  ['2019:07:14 15:30:12', '2019-07-14T15:30:12'],
  ['2019-07-14t15:30:00z', '2019-07-14T15:30:00Z'],
  ['2019-07-14T15:30:00+0300', '2019-07-14T15:30:00+03:00'],
  ['today', '2026-11-24'],
  ['Сегодня', '2026-11-24'],
  ['вчера', '2026-11-23'],
  ['в прошлом году', '2025'],
  ['без даты', ''],
  ['no date', ''],
  ['неизвестно', ''],
  ['Не знаю', ''],
  ['unknown', ''],
  ["I don't know", ''],
];

group('what people write', () => {
  it.each(both)('“%s” is %s in both languages', (words, edtf) => {
    expect(understand(words, 'ru', TODAY)).toMatchObject({ ok: true, edtf });
    expect(understand(words, 'en', TODAY)).toMatchObject({ ok: true, edtf });
  });

  it('with a day and a month that may be either is read as the locale does, and says so', () => {
    expect(understand('8/7/1962', 'ru', TODAY)).toEqual({
      ok: true,
      edtf: '1962-07-08',
      alternatives: ['1962-08-07'],
      confidence: 'certain',
    });
    expect(understand('8/7/1962', 'en', TODAY)).toMatchObject({ edtf: '1962-08-07', alternatives: ['1962-07-08'] });
    expect(understand('7/7/1962', 'en', TODAY)).toMatchObject({ edtf: '1962-07-07', alternatives: [] });
    expect(understand('14/7/1962', 'en', TODAY)).toMatchObject({ edtf: '1962-07-14', alternatives: [] });
  });

  it('with two digits of a year is of this century up to now, and says so', () => {
    expect(understand('14.07.19', 'ru', TODAY)).toMatchObject({ edtf: '2019-07-14', alternatives: ['1919-07-14'] });
    expect(understand('лето 26', 'ru', TODAY)).toMatchObject({ edtf: '2026-22', alternatives: ['1926-22'] });
    expect(understand('лето 27', 'ru', TODAY)).toMatchObject({ edtf: '1927-22', alternatives: [] });
    expect(understand('20-е', 'ru', TODAY)).toMatchObject({ edtf: '192X', alternatives: ['202X'] });
    expect(understand('10s', 'en', TODAY)).toMatchObject({ edtf: '201X', alternatives: ['191X'] });
  });

  it('about a winter of one year may mean the one before', () => {
    expect(understand('зима 1962', 'ru', TODAY)).toMatchObject({ edtf: '1962-24', alternatives: ['1961-24'] });
    expect(understand('зима 1961–62', 'ru', TODAY)).toMatchObject({ edtf: '1961-24', alternatives: [] });
  });

  it('as two years with a hyphen is not a division of the year to a person', () => {
    expect(understand('1940-41', 'ru', TODAY)).toMatchObject({ edtf: '1940/1941', alternatives: ['1940-41'] });
    expect(understand('1911-12', 'ru', TODAY)).toMatchObject({ edtf: '1911-12', alternatives: ['1911/1912'] });
  });

  it.each([
    ['14 июля 1962', 'certain'],
    ['до 1941', 'certain'],
    ['около 1935', 'likely'],
    ['наверное 1962', 'likely'],
    ['probably 1962', 'likely'],
    ['maybe 1962', 'guess'],
    ['1962?', 'guess'],
    ['около 1930?', 'guess'],
  ])('“%s” is said with the confidence %s', (words, confidence) => {
    expect(understand(words, 'en', TODAY)).toMatchObject({ confidence });
  });

  it.each([
    ['', 'says-nothing'],
    ['  ', 'says-nothing'],
    ['до войны', 'not-understood'],
    ['when Vera was small', 'not-understood'],
    ['about', 'not-understood'],
    ['летом и зимой', 'not-understood'],
    ['1962 1963', 'not-understood'],
    ['196', 'not-understood'],
    ['around 19621', 'out-of-range'],
    ['30 февраля 1962', 'no-such-day'],
    ['29.02.1962', 'no-such-day'],
    ['32.07.1962', 'no-such-day'],
    ['1970–1968', 'backwards'],
    ['14 июля 2019 25:00', 'no-such-day'],
    ['x'.repeat(300), 'too-long'],
    ['до'.repeat(90), 'not-understood'],
  ])('“%s” is refused: %s', (words, reason) => {
    expect(understand(words, 'ru', TODAY)).toEqual({ ok: false, reason });
  });

  it('never throws, whatever was typed on the way', () => {
    for (const [words] of both) {
      for (let length = 0; length <= words.length; length++) {
        const typed = understand(words.slice(0, length), 'ru', TODAY);
        if (typed.ok && typed.edtf) expect(understand(typed.edtf, 'ru', TODAY)).toMatchObject({ ok: true });
      }
    }
    let seed = 7;
    const next = (below: number): number => (seed = (seed * 48_271) % 2_147_483_647) % below;
    const bits = [
      '14',
      '1962',
      '-',
      ' - ',
      ' ',
      ',',
      '?',
      '~',
      'июля',
      'лето',
      'до',
      'с',
      'по',
      'и',
      '.',
      '/',
      '1930-е',
      'в.',
      'xx',
      'mid',
      '🙂',
      "'",
      '\0',
    ];
    for (let round = 0; round < 5000; round++) {
      const words = Array.from({ length: next(8) }, () => bits[next(bits.length)]!).join(next(2) ? ' ' : '');
      understand(words, next(2) ? 'ru' : 'en', TODAY);
    }
  });
});
