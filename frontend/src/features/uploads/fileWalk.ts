/** Files out of what somebody drops, picks or pastes, folders included, without the hidden ones that nobody meant. */

export interface Found {
  readonly file: File;
  /** With its folders, `Summer/Beach/IMG_1.JPG`. */
  readonly path: string;
}

/** What systems and cameras leave in folders beside the pictures. */
const LITTER = /^(\.|thumbs\.db$|desktop\.ini$|ehthumbs\.db$|icon\r$|__macosx$|@eadir$|\$recycle\.bin$)/i;

export function isLitter(path: string): boolean {
  return path.split('/').some((part) => LITTER.test(part));
}

function fileOf(entry: FileSystemFileEntry): Promise<File | null> {
  return new Promise((resolve) => entry.file(resolve, () => resolve(null)));
}

/** A folder is read in pieces (a hundred at a time in Chromium) until a piece is empty. */
async function childrenOf(folder: FileSystemDirectoryEntry): Promise<FileSystemEntry[]> {
  const reader = folder.createReader();
  const all: FileSystemEntry[] = [];
  for (;;) {
    const piece = await new Promise<FileSystemEntry[]>((resolve) => reader.readEntries(resolve, () => resolve([])));
    if (piece.length === 0) return all;
    all.push(...piece);
  }
}

/** Walks folders and hands files over as they are found, so that a large one begins at once. */
async function walk(entry: FileSystemEntry, onFound: (found: Found[]) => void): Promise<void> {
  const path = entry.fullPath.replace(/^\//, '');
  if (isLitter(path)) return;
  if (entry.isFile) {
    const file = await fileOf(entry as FileSystemFileEntry);
    if (file) onFound([{ file, path }]);
    return;
  }
  const children = await childrenOf(entry as FileSystemDirectoryEntry);
  children.sort((one, other) => one.name.localeCompare(other.name, undefined, { numeric: true }));
  for (const child of children) await walk(child, onFound);
}

/**
 * Takes what was dropped. To be called within the event: what it carries is gone afterwards.
 *
 * @returns when all folders have been read; `onFound` is called meanwhile
 */
export async function filesOfDrop(transfer: DataTransfer, onFound: (found: Found[]) => void): Promise<void> {
  const entries: FileSystemEntry[] = [];
  const plain: Found[] = [];
  for (const item of transfer.items) {
    if (item.kind !== 'file') continue;
    const entry = item.webkitGetAsEntry?.() ?? null;
    const file = entry ? null : item.getAsFile();
    if (entry) entries.push(entry);
    else if (file && !isLitter(file.name)) plain.push({ file, path: file.name });
  }
  if (plain.length > 0) onFound(plain);
  for (const entry of entries) await walk(entry, onFound);
}

export function filesOfList(list: Iterable<File>): Found[] {
  const found: Found[] = [];
  for (const file of list) {
    const path = file.webkitRelativePath || file.name;
    if (!isLitter(path)) found.push({ file, path });
  }
  return found;
}

/** Opens the system's own chooser; answers nothing where somebody thinks better of it. */
export function pickFiles(folder: boolean): Promise<Found[]> {
  return new Promise((resolve) => {
    const input = document.createElement('input');
    input.type = 'file';
    input.multiple = true;
    if (folder) input.webkitdirectory = true;
    input.style.display = 'none';
    const end = (found: Found[]) => {
      input.remove();
      resolve(found);
    };
    input.addEventListener('change', () => end(filesOfList(input.files ?? [])));
    input.addEventListener('cancel', () => end([]));
    // In the document, since Safari drops an input that nothing holds.
    document.body.append(input);
    input.click();
  });
}
