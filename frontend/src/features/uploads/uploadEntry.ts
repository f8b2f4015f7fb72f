/** One file on its way home, and what a list of them adds up to. */

export type UploadState =
  | 'waiting' // in the queue
  | 'checking' // looked at: is it here already?
  | 'sending'
  | 'home' // on disk at home, and in the database
  | 'duplicate' // was here before; no second copy is made
  | 'failed'
  | 'lost'; // the page was reloaded and the file could not be kept: choose it again

export interface UploadEntry {
  readonly key: string;
  readonly name: string;
  /** Folders it lay in, `Summer/Beach/IMG_1.JPG`, for the reader alone. */
  readonly path: string;
  readonly size: number;
  readonly type: string;
  readonly lastModified: number;
  readonly spaceId: string | null;
  readonly collectionId: string | null;
  readonly addedAt: number;
  readonly state: UploadState;
  readonly sent: number;
  readonly uploadUrl: string | null;
  readonly memoryId: string | null;
  readonly mediaId: string | null;
  /** Why it failed: a key of the catalogue, or the server's own sentence. */
  readonly reasonKey: string | null;
  readonly reason: string | null;
  /** Whether trying again could help. */
  readonly canRetry: boolean;
}

export interface Wish {
  readonly file: File;
  readonly path: string;
  readonly spaceId?: string | null;
  readonly collectionId?: string | null;
}

export function entryOf(wish: Wish, key: string, now: number): UploadEntry {
  const { file } = wish;
  return {
    key,
    name: file.name,
    path: wish.path,
    size: file.size,
    type: file.type,
    lastModified: file.lastModified,
    spaceId: wish.spaceId ?? null,
    collectionId: wish.collectionId ?? null,
    addedAt: now,
    state: 'waiting',
    sent: 0,
    uploadUrl: null,
    memoryId: null,
    mediaId: null,
    reasonKey: null,
    reason: null,
    canRetry: true,
  };
}

export interface Summary {
  readonly all: number;
  readonly home: number;
  readonly duplicates: number;
  readonly failed: number;
  readonly lost: number;
  /** Still to be done. */
  readonly left: number;
  readonly bytes: number;
  readonly bytesDone: number;
}

export function isOpen(entry: UploadEntry): boolean {
  return entry.state === 'waiting' || entry.state === 'checking' || entry.state === 'sending';
}

export function summarise(entries: Iterable<UploadEntry>): Summary {
  const sum = { all: 0, home: 0, duplicates: 0, failed: 0, lost: 0, left: 0, bytes: 0, bytesDone: 0 };
  for (const entry of entries) {
    sum.all++;
    if (entry.state === 'home') sum.home++;
    else if (entry.state === 'duplicate') sum.duplicates++;
    else if (entry.state === 'failed') sum.failed++;
    else if (entry.state === 'lost') sum.lost++;
    else sum.left++;
    if (entry.state === 'failed' || entry.state === 'lost') continue;
    sum.bytes += entry.size;
    sum.bytesDone += isOpen(entry) ? entry.sent : entry.size;
  }
  return sum;
}

/** How fast bytes go home, over the last half minute; says nothing before it knows. */
export class Pace {
  private readonly samples: { at: number; bytes: number }[] = [];

  note(at: number, bytes: number): void {
    const last = this.samples.at(-1);
    if (last && (bytes < last.bytes || at - last.at > 10_000)) this.samples.length = 0;
    if (!last || at - last.at >= 500 || this.samples.length === 0) this.samples.push({ at, bytes });
    while (this.samples.length > 2 && at - (this.samples[0]?.at ?? at) > 30_000) this.samples.shift();
  }

  forget(): void {
    this.samples.length = 0;
  }

  /** Seconds that are left for so many bytes; null while nobody can say. */
  secondsFor(bytes: number): number | null {
    const first = this.samples[0];
    const last = this.samples.at(-1);
    if (!first || !last || last.at - first.at < 3000 || last.bytes <= first.bytes) return null;
    return (bytes / (last.bytes - first.bytes)) * ((last.at - first.at) / 1000);
  }
}
