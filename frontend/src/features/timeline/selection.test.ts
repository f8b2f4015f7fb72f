import { describe, expect, it } from 'vitest';
import { extend, NOTHING_CHOSEN, toggle, toggleAll, without } from './selection';

const ORDER = ['a', 'b', 'c', 'd', 'e', 'f'];
const between = (one: string, other: string) => {
  const [from, to] = [ORDER.indexOf(one), ORDER.indexOf(other)].sort((x, y) => x - y) as [number, number];
  return ORDER.slice(from, to + 1);
};
const idsOf = (selection: { ids: ReadonlySet<string> }) => [...selection.ids].sort();

describe('choosing pictures', () => {
  it('chooses and lets go one by one', () => {
    const one = toggle(NOTHING_CHOSEN, 'b');
    expect(idsOf(one)).toEqual(['b']);
    expect(idsOf(toggle(one, 'b'))).toEqual([]);
    expect(toggle(one, 'b').anchor).toBeNull();
  });

  it('draws a range from the last one that was pressed, in both directions', () => {
    const start = toggle(NOTHING_CHOSEN, 'c');
    expect(idsOf(extend(start, 'e', between))).toEqual(['c', 'd', 'e']);
    expect(idsOf(extend(start, 'a', between))).toEqual(['a', 'b', 'c']);
  });

  it('shortens a range again when its end comes back', () => {
    const long = extend(toggle(NOTHING_CHOSEN, 'b'), 'f', between);
    expect(idsOf(extend(long, 'd', between, 'f'))).toEqual(['b', 'c', 'd']);
  });

  it('begins a range where nothing was chosen', () => {
    expect(extend(NOTHING_CHOSEN, 'd', between)).toEqual({ ids: new Set(['d']), anchor: 'd' });
  });

  it('chooses a whole day, and lets it go when all of it was chosen', () => {
    const some = toggle(NOTHING_CHOSEN, 'b');
    const day = toggleAll(some, ['a', 'b', 'c']);
    expect(idsOf(day)).toEqual(['a', 'b', 'c']);
    expect(idsOf(toggleAll(day, ['a', 'b', 'c']))).toEqual([]);
  });

  it('drops what has gone from the page', () => {
    const day = toggleAll(NOTHING_CHOSEN, ['a', 'b']);
    expect(idsOf(without(day, ['a']))).toEqual(['b']);
    expect(without(day, ['x'])).toBe(day);
  });
});
