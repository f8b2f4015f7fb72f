import { band } from '@memoryverse/dates';
import { describe, expect, it } from 'vitest';
import { drawBand, formOf, reshape } from './dateEditor';

describe('the editor of a date', () => {
  it('knows in which form a date is written', () => {
    expect(
      ['1962-07-14', '1962-22', '1962', '1935~', '1968/1970', '[1960..1963]', '[1946..]', '196X', ''].map(formOf),
    ).toEqual(['day', 'season', 'year', 'about', 'between', 'between', 'after', null, null]);
  });

  it('writes the same time in another form', () => {
    expect(reshape('1962-07-14', 'season')).toBe('1962-22');
    expect(reshape('1962-01-14', 'season')).toBe('1961-24');
    expect(reshape('1962-22', 'year')).toBe('1962');
    expect(reshape('1962', 'about')).toBe('1962~');
    expect(reshape('1962', 'between')).toBe('[1962..1964]');
    expect(reshape('1962~', 'after')).toBe('[1962..]');
    expect(reshape('1962-22', 'day')).toBe('1962-06-01');
    expect(reshape('', 'year')).toBeNull();
  });

  it('draws the band to scale between years', () => {
    const drawing = drawBand(band('1962-22')!);
    const [first, last] = [drawing.ticks[0]!, drawing.ticks.at(-1)!];
    expect(first.at).toBe(0);
    expect(last.at).toBe(100);
    expect(drawing.ticks.length).toBeGreaterThanOrEqual(3);
    expect(drawing.ticks.length).toBeLessThanOrEqual(7);
    const year = 100 / (last.year - first.year);
    expect(drawing.to - drawing.from).toBeCloseTo(year / 4, 0);
    expect(drawing.softStart).toBeGreaterThan(0);
  });

  it('lets an open end run to the edge', () => {
    const drawing = drawBand(band('[..1940]')!);
    expect(drawing.from).toBe(0);
    expect(drawing.to).toBeLessThan(100);
    expect(drawBand(band('[1946..]')!).to).toBe(100);
  });

  it('keeps a decade and a century readable', () => {
    for (const edtf of ['196X', '19XX', '1935~']) {
      const { ticks } = drawBand(band(edtf)!);
      expect(ticks.length, edtf).toBeLessThanOrEqual(7);
    }
  });
});
