import { describe, expect, it } from 'vitest';
import { CLOSEST, settle, shift, swipeOf, toggleAt, WHOLE, zoomAt } from './zoom';

const FRAME = { width: 800, height: 600, printWidth: 700, printHeight: 500 };

describe('looking closer', () => {
  it('keeps under the pointer what lies under it', () => {
    const view = zoomAt(WHOLE, 3, 120, -60, FRAME);
    expect((120 - view.x) / view.scale).toBeCloseTo(120);
    expect((-60 - view.y) / view.scale).toBeCloseTo(-60);
  });

  it('goes neither beyond the whole nor beyond the closest', () => {
    expect(zoomAt(WHOLE, 0.2, 50, 50, FRAME)).toEqual(WHOLE);
    expect(zoomAt(WHOLE, 1000, 0, 0, FRAME).scale).toBe(CLOSEST);
  });

  it('does not lose the print over the edge', () => {
    const close = zoomAt(WHOLE, 2, 0, 0, FRAME);
    const far = shift(close, 9999, -9999, FRAME);
    expect(far).toEqual({ scale: 2, x: 300, y: -200 });
    expect(settle({ scale: 1, x: 40, y: 40 }, FRAME)).toEqual(WHOLE);
  });

  it('comes close by two presses and back by two more', () => {
    const close = toggleAt(WHOLE, 10, 10, FRAME);
    expect(close.scale).toBe(2.5);
    expect(toggleAt(close, 10, 10, FRAME)).toEqual(WHOLE);
  });

  it('understands a swipe that is far or fast, and nothing else', () => {
    expect(swipeOf(-120, 10, 400)).toBe('next');
    expect(swipeOf(40, 4, 60)).toBe('previous');
    expect(swipeOf(10, 160, 300)).toBe('close');
    expect(swipeOf(30, 5, 900)).toBe('none');
    expect(swipeOf(80, 90, 300)).toBe('none');
  });
});
