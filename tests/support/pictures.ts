// Pictures to bring home: the drawn ones of this folder, and files made on the spot.
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { fixtures } from './paths';

export const LAKE = 'lake-morning.jpg';
export const EVENING = 'lake-evening.jpg';
export const UPRIGHT = 'two-upright.jpg';
export const WINTER = 'winter-house.jpg';
export const GARDEN = 'garden.heic';
export const SEA = 'sea.heic';
export const KITE = 'kite.png';
/** Without any date. */
export const OLD_PRINT = 'old-print.jpg';

export const ALL = [LAKE, EVENING, UPRIGHT, WINTER, GARDEN, SEA, KITE, OLD_PRINT];

export const fixture = (name: string) => join(fixtures, name);

/** A folder that is gone after the tests of this file. */
export function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'memoryverse-pictures-'));
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder as people have them: pictures in it and in folders inside, and what systems leave beside them. */
export function familyFolder(): string {
  const folder = join(emptyFolder(), 'Our pictures');
  mkdirSync(join(folder, 'Lake'), { recursive: true });
  mkdirSync(join(folder, 'Telephone', '2022'), { recursive: true });
  const put = (name: string, ...where: string[]) => copyFileSync(fixture(name), join(folder, ...where, name));
  put(LAKE, 'Lake');
  put(EVENING, 'Lake');
  put(UPRIGHT, 'Lake');
  put(GARDEN, 'Telephone', '2022');
  put(SEA, 'Telephone', '2022');
  put(KITE);
  put(WINTER);
  put(OLD_PRINT);
  writeFileSync(join(folder, '.DS_Store'), 'litter');
  writeFileSync(join(folder, 'Thumbs.db'), 'litter');
  return folder;
}

export function folderOf(paths: readonly string[]): string {
  const folder = join(emptyFolder(), 'Folder');
  mkdirSync(folder);
  for (const path of paths) copyFileSync(path, join(folder, basename(path)));
  return folder;
}

/** A file with the beginning of a photograph and nothing behind it that could be decoded. */
export function brokenPicture(name = 'cut-short.jpg'): string {
  const path = join(emptyFolder(), name);
  writeFileSync(
    path,
    Buffer.concat([Buffer.from([0xff, 0xd8, 0xff, 0xe0, 0, 16]), Buffer.from('JFIF\0'), Buffer.alloc(900, 0x41)]),
  );
  return path;
}

/** A photograph of so many megabytes, as a camera with much to say writes it: what follows the picture is skipped. */
export function heavyPicture(name: string, megabytes: number): string {
  const path = join(emptyFolder(), name);
  const picture = readFileSync(fixture(LAKE));
  // The name stands in it, so that no two of them are the same file.
  const rest = Buffer.alloc(megabytes * 1024 * 1024 - picture.length, `${name}, `);
  writeFileSync(path, Buffer.concat([picture, rest]));
  return path;
}

export function emptyFile(name = 'nothing.jpg'): string {
  const path = join(emptyFolder(), name);
  writeFileSync(path, '');
  return path;
}
