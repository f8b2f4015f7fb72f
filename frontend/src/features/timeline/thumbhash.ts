/**
 * Placeholders from thumbhashes: some 25 bytes that came with the timeline, drawn before any picture is asked for.
 * Drawn on a canvas and not made into an image address, so that the page needs no right to show inline images.
 */
import { thumbHashToAverageRGBA, thumbHashToRGBA } from 'thumbhash';

const REMEMBERED = 600;
const drawn = new Map<string, ImageData>();

function bytesOf(base64: string): Uint8Array | null {
  try {
    const text = atob(base64);
    const bytes = new Uint8Array(text.length);
    for (let index = 0; index < text.length; index++) bytes[index] = text.charCodeAt(index);
    return bytes.length >= 5 ? bytes : null;
  } catch {
    return null;
  }
}

/** Paints a placeholder; does nothing where the hash is damaged. */
export function drawThumbhash(canvas: HTMLCanvasElement, base64: string): void {
  let image = drawn.get(base64);
  if (!image) {
    const bytes = bytesOf(base64);
    if (!bytes) return;
    try {
      const { w, h, rgba } = thumbHashToRGBA(bytes);
      image = new ImageData(new Uint8ClampedArray(rgba), w, h);
    } catch {
      return;
    }
    drawn.set(base64, image);
    if (drawn.size > REMEMBERED) drawn.delete(drawn.keys().next().value as string);
  }
  canvas.width = image.width;
  canvas.height = image.height;
  canvas.getContext('2d')?.putImageData(image, 0, 0);
}

/** The average colour, for the moment before even the placeholder is drawn. */
export function toneOf(base64: string | null): string | undefined {
  const bytes = base64 === null ? null : bytesOf(base64);
  if (!bytes) return undefined;
  const { r, g, b } = thumbHashToAverageRGBA(bytes);
  return `rgb(${Math.round(r * 255)} ${Math.round(g * 255)} ${Math.round(b * 255)})`;
}
