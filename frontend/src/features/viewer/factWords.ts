/** What a camera wrote and how large a file is, in a reader's words. */
import type { CameraFacts } from '@memoryverse/api-client';

type Translate = (key: string, values?: Record<string, unknown>) => string;

const UNITS = ['bytes', 'kilobytes', 'megabytes', 'gigabytes'] as const;

export function bytesWords(bytes: number, t: Translate, locale: string): string {
  let unit = 0;
  let size = bytes;
  while (size >= 1000 && unit < UNITS.length - 1) {
    size /= 1000;
    unit++;
  }
  const digits = unit > 0 && size < 10 ? 1 : 0;
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: digits }).format(size);
  return t(`viewer.facts.${UNITS[unit]}`, { number });
}

/** `NIKON` with `NIKON COOLPIX P6000` is said once. */
export function cameraName(camera: CameraFacts): string {
  const make = camera.make?.trim() ?? '';
  const model = camera.model?.trim() ?? '';
  if (model === '') return make;
  const first = make.split(/\s+/)[0] ?? '';
  return first !== '' && model.toLowerCase().startsWith(first.toLowerCase()) ? model : `${make} ${model}`.trim();
}

/** One sentence of what is known, nothing where nothing is. */
export function cameraWords(camera: CameraFacts, t: Translate, locale: string): string {
  const number = (value: number) => new Intl.NumberFormat(locale, { maximumFractionDigits: 1 }).format(value);
  const lens = camera.lens?.trim() ?? '';
  // Telephones write length and aperture into the name of the lens; once is enough.
  const settings = [
    lens,
    camera.focalLengthMm && !/\d\s*mm/i.test(lens)
      ? t('viewer.facts.focal', { number: number(camera.focalLengthMm) })
      : '',
    camera.aperture && !/f\/\s*\d/i.test(lens) ? `f/${number(camera.aperture)}` : '',
    camera.exposure ? t('viewer.facts.exposure', { time: camera.exposure }) : '',
    camera.iso ? `ISO ${camera.iso}` : '',
  ].filter((part) => part !== '');
  const name = cameraName(camera);
  if (name === '' && settings.length === 0) return '';
  const rest = settings.join(', ');
  if (name === '') return t('viewer.facts.settings', { settings: rest });
  return rest === '' ? t('viewer.facts.camera', { name }) : t('viewer.facts.cameraWith', { name, settings: rest });
}
