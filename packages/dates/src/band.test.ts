import { describe, expect, it } from 'vitest';
import { band } from './band.ts';

const start = (day: string): number => Date.parse(`${day}T00:00:00Z`);
const end = (day: string): number => Date.parse(`${day}T23:59:59.999Z`);

describe('the band of a date', () => {
  it.each([
    ['1962-07-14', '1962-07-14', '1962-07-14', 0, 0],
    ['1962-22', '1962-06-01', '1962-08-31', 0.25, 0.25],
    ['1935~', '1933-01-01', '1937-12-31', 0.5, 0.5],
    ['1962?', '1962-01-01', '1962-12-31', 0.5, 0.5],
    ['1968/1970', '1968-01-01', '1970-12-31', 0, 0],
    ['196X', '1960-01-01', '1969-12-31', 0, 0],
    ['196X~', '1955-01-01', '1974-12-31', 0.5, 0.5],
    ['1935-06~', '1935-05-01', '1935-07-31', 0.5, 0.5],
    ['1935-06-12~', '1935-06-09', '1935-06-15', 0.5, 0.5],
    ['1941-24~', '1941-09-01', '1942-05-31', 0.5, 0.5],
    ['[1968..1970]', '1968-01-01', '1970-12-31', 0, 0],
    ['[1964,1962]', '1962-01-01', '1964-12-31', 0, 0],
  ])('%s is drawn as the design says', (edtf, from, to, softStart, softEnd) => {
    expect(band(edtf)).toEqual({ earliest: start(from), latest: end(to), softStart, softEnd });
  });

  it('fades where it is open', () => {
    expect(band('[..1940]')).toEqual({ earliest: null, latest: end('1940-12-31'), softStart: 1, softEnd: 0 });
    expect(band('[1946..]')).toEqual({ earliest: start('1946-01-01'), latest: null, softStart: 0, softEnd: 1 });
    expect(band('1941~/..')).toEqual({ earliest: start('1939-01-01'), latest: null, softStart: 0.5, softEnd: 1 });
  });

  it('is soft at the end that is not sure', () => {
    const early = band('1950/1953~')!;
    expect([early.earliest, early.latest, early.softStart]).toEqual([start('1950-01-01'), end('1955-12-31'), 0]);
    expect(early.softEnd).toBeCloseTo(2.5 / 6, 2);
  });

  it('is softened by a confidence that is less than certain', () => {
    expect(band('1962', 'likely')).toMatchObject({ softStart: 0.25, softEnd: 0.25 });
    expect(band('1962-22', 'guess')).toMatchObject({ softStart: 0.5, softEnd: 0.5 });
    expect(band('1935~', 'likely')).toMatchObject({ softStart: 0.5, softEnd: 0.5 });
  });

  it('of a moment is in UTC', () => {
    expect(band('2019-07-14T15:30:00+03:00')).toMatchObject({ earliest: Date.parse('2019-07-14T12:30:00Z') });
  });

  it.each(['', 'XXXX-07-14', 'about 1935', '1970/1968'])('does not exist for "%s"', (edtf) => {
    expect(band(edtf)).toBeNull();
  });
});
