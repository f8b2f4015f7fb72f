/**
 * The mathematics of looking closer: a scale and a shift of the print from the middle of the stage, in pixels. At scale
 * 1 the print is whole; nobody can lose it beyond the edge.
 */

export interface View {
  readonly scale: number;
  readonly x: number;
  readonly y: number;
}

export interface Frame {
  /** The stage. */
  readonly width: number;
  readonly height: number;
  /** The print at scale 1. */
  readonly printWidth: number;
  readonly printHeight: number;
}

export const WHOLE: View = { scale: 1, x: 0, y: 0 };
export const CLOSEST = 8;

function limit(value: number, most: number): number {
  return Math.min(most, Math.max(-most, value));
}

/** Brings a view back to where something of the print fills the stage. */
export function settle(view: View, frame: Frame): View {
  const scale = Math.min(CLOSEST, Math.max(1, view.scale));
  const mostX = Math.max(0, (frame.printWidth * scale - frame.width) / 2);
  const mostY = Math.max(0, (frame.printHeight * scale - frame.height) / 2);
  return { scale, x: limit(view.x, mostX), y: limit(view.y, mostY) };
}

/** Closer or farther, so that what lies under a point stays under it. The point is counted from the middle. */
export function zoomAt(view: View, by: number, x: number, y: number, frame: Frame): View {
  const scale = Math.min(CLOSEST, Math.max(1, view.scale * by));
  const ratio = scale / view.scale;
  return settle({ scale, x: x - (x - view.x) * ratio, y: y - (y - view.y) * ratio }, frame);
}

export function shift(view: View, dx: number, dy: number, frame: Frame): View {
  return settle({ scale: view.scale, x: view.x + dx, y: view.y + dy }, frame);
}

/** Two presses: close enough that one pixel of a large preview fills one of the screen, or whole again. */
export function toggleAt(view: View, x: number, y: number, frame: Frame): View {
  return view.scale > 1.05 ? WHOLE : zoomAt(view, 2.5, x, y, frame);
}

export type Swipe = 'previous' | 'next' | 'close' | 'none';

/** What a finger meant that has been lifted: far enough, or fast enough, and clearly in one direction. */
export function swipeOf(dx: number, dy: number, ms: number): Swipe {
  const fast = (distance: number) => Math.abs(distance) > 24 && Math.abs(distance) / Math.max(1, ms) > 0.45;
  if (Math.abs(dx) > Math.abs(dy) * 1.2 && (Math.abs(dx) > 70 || fast(dx))) return dx < 0 ? 'next' : 'previous';
  if (dy > Math.abs(dx) * 1.2 && (dy > 110 || (fast(dy) && dy > 50))) return 'close';
  return 'none';
}
