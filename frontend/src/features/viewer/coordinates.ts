/** Coordinates as people paste them, and as they are shown. */

export interface Point {
  readonly latitude: number;
  readonly longitude: number;
}

function within(latitude: number, longitude: number): Point | null {
  if (!Number.isFinite(latitude) || !Number.isFinite(longitude)) return null;
  return Math.abs(latitude) <= 90 && Math.abs(longitude) <= 180 ? { latitude, longitude } : null;
}

const PART =
  /(-?\d+(?:[.,]\d+)?)\s*°?\s*(?:(\d+(?:[.,]\d+)?)\s*['′]\s*)?(?:(\d+(?:[.,]\d+)?)\s*["″]\s*)?\s*([NSEWСЮВЗ])?/giu;

/** Reads `43.4633, 11.8796`, `43,4633; 11,8796`, `43°27′48″ N 11°52′47″ E`, and the same in Russian letters. */
export function readPoint(text: string): Point | null {
  const decimal = /^\s*(-?\d+(?:\.\d+)?)\s*[,;\s]\s*(-?\d+(?:\.\d+)?)\s*$/.exec(text);
  if (decimal) return within(Number(decimal[1]), Number(decimal[2]));
  const commas = /^\s*(-?\d+,\d+)\s*[;\s]\s*(-?\d+,\d+)\s*$/.exec(text);
  if (commas) return within(Number(commas[1]?.replace(',', '.')), Number(commas[2]?.replace(',', '.')));
  const parts = [...text.matchAll(PART)].filter((part) => part[0].trim() !== '');
  if (parts.length !== 2 || !/[°NSEWСЮВЗ]/iu.test(text)) return null;
  const values = parts.map((part) => {
    const number = (piece: string | undefined) => (piece ? Number(piece.replace(',', '.')) : 0);
    const size = Math.abs(number(part[1])) + number(part[2]) / 60 + number(part[3]) / 3600;
    const side = part[4]?.toUpperCase() ?? '';
    const sign = part[1]?.startsWith('-') || 'SWЮЗ'.includes(side || ' ') ? -1 : 1;
    return { value: size * sign, side };
  });
  const [one, other] = values as [{ value: number; side: string }, { value: number; side: string }];
  const swapped = one.side !== '' && 'EWВЗ'.includes(one.side);
  return swapped ? within(other.value, one.value) : within(one.value, other.value);
}

/** Four digits after the point are ten metres, closer than a memory needs. */
export function writePoint({ latitude, longitude }: Point): string {
  const round = (value: number) => String(Math.round(value * 10_000) / 10_000);
  return `${round(latitude)}, ${round(longitude)}`;
}
