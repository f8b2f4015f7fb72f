import { describe as group, expect, it } from 'vitest';
import { describe, describeDay, describeMonth } from './describe.ts';

group('a date in words', () => {
  it.each([
    ['1962-07-14', '14 июля 1962', '14 July 1962'],
    ['1962-22', 'лето 1962', 'summer 1962'],
    ['1935~', 'около 1935', 'about 1935'],
    ['1962?', '1962?', '1962?'],
    ['[..1940]', 'до 1941', 'before 1941'],
    ['[1946..]', 'после 1945', 'after 1945'],
    ['1968/1970', '1968–1970', '1968–1970'],
    ['196X', 'шестидесятые', 'the sixties'],
    ['', 'без даты', 'no date'],
  ])('%s is as the design has it', (edtf, ru, en) => {
    expect(describe(edtf, 'ru')).toBe(ru);
    expect(describe(edtf, 'en')).toBe(en);
  });

  it.each([
    ['1935-06~', 'около июня 1935', 'about June 1935'],
    ['1962-24', 'зима 1962–63', 'winter 1962–63'],
    ['1999-24', 'зима 1999–2000', 'winter 1999–2000'],
    ['1985-06/1985-08', 'июнь – август 1985', 'June – August 1985'],
    ['1962-07-14/1962-07-20', '14–20 июля 1962', '14–20 July 1962'],
    ['1962-07-28/1962-08-03', '28 июля – 3 августа 1962', '28 July – 3 August 1962'],
    ['[..1941-06-21]', 'до 22 июня 1941', 'before 22 June 1941'],
    ['[1945-05-10..]', 'после 9 мая 1945', 'after 9 May 1945'],
    ['[1962-06..1962-08]', 'между июнем 1962 и августом 1962', 'between June 1962 and August 1962'],
    ['[1962-03..1962-10]', 'между мартом 1962 и октябрём 1962', 'between March 1962 and October 1962'],
    ['[1962,1964]', '1962 или 1964', '1962 or 1964'],
    ['1950/1953~', 'начало пятидесятых', 'the early fifties'],
    ['1974~/1976~', 'середина семидесятых', 'the mid-seventies'],
    ['1870~/1899', 'конец XIX века', 'the late 19th century'],
    ['1941/..', 'с\u00a01941', 'since 1941'],
    ['[..1941~]', 'до примерно 1942', 'before about 1942'],
    ['192X', '1920-е', 'the 1920s'],
    ['XXXX-07-14', '14 июля, год неизвестен', '14 July, year unknown'],
    ['-0043', '44 до н. э.', '44 BC'],
  ])('%s is said in the right case and with nothing twice', (edtf, ru, en) => {
    expect(describe(edtf, 'ru')).toBe(ru);
    expect(describe(edtf, 'en')).toBe(en);
  });

  it('has forms for reading, for tight places and for editing', () => {
    const moment = '2019-10-14T15:30:12+03:00';
    expect(describe(moment, 'ru')).toBe('14 октября 2019, 15:30');
    expect(describe(moment, 'ru', { form: 'short' })).toBe('14 окт. 2019');
    expect(describe(moment, 'en', { form: 'short' })).toBe('14 Oct 2019');
    expect(describe(moment, 'ru', { form: 'exact' })).toBe('14 октября 2019, 15:30:12 UTC+03:00');
    expect(describe('1935~', 'ru', { form: 'short' })).toBe('ок. 1935');
    expect(describe('196X', 'ru', { form: 'short' })).toBe('1960-е');
  });

  it('is the text itself where that has no words or is no date', () => {
    expect(describe('-004X', 'ru')).toBe('-004X');
    expect(describe('nonsense', 'ru')).toBe('nonsense');
  });
});

group('headings of the timeline', () => {
  it('name days and months', () => {
    expect(describeDay('1962-07-14', 'ru')).toBe('14 июля 1962, суббота');
    expect(describeDay('1962-07-14', 'en')).toBe('Saturday, 14 July 1962');
    expect(describeDay('2008-10-22', 'ru', { year: false })).toBe('Среда, 22 октября');
    expect(describeDay('2008-10-22', 'en', { year: false })).toBe('Wednesday, 22 October');
    expect(describeDay('0000:00', 'ru')).toBe('0000:00');
    expect(describeMonth('2008-10', 'ru')).toBe('Октябрь 2008');
    expect(describeMonth('2008-10', 'en')).toBe('October 2008');
    expect(describeMonth('undated', 'ru')).toBe('Без даты');
  });
});
