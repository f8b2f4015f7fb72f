// Holds a request before the door, so that a test can look at the page while it is still on its way.
import type { Page, Request } from 'playwright-core';

/** Name of the file that a tus creation request brings; null for any other request. */
export function fileNameOf(request: Request): string | null {
  const metadata = request.headers()['upload-metadata'];
  const found = /(?:^|,)filename ([^,]*)/.exec(metadata ?? '')?.[1];
  return found === undefined ? null : Buffer.from(found, 'base64').toString('utf8');
}

export interface Gate {
  /** Resolves when the request stands before the door. */
  readonly reached: Promise<void>;
  open(): void;
}

/** Holds the first request that is meant; those after it pass. */
export async function holdRequest(page: Page, url: string, isMeant: (request: Request) => boolean): Promise<Gate> {
  let open!: () => void;
  let arrive!: () => void;
  let held = false;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  await page.route(url, async (route, request) => {
    if (!held && isMeant(request)) {
      held = true;
      arrive();
      await opened;
    }
    // The page may be gone by then, which is what some tests are about.
    await route.continue().catch(() => undefined);
  });
  return { reached, open };
}

/** Holds the beginning of an upload. */
export function holdUpload(page: Page, fileName: string): Promise<Gate> {
  return holdRequest(
    page,
    '**/api/v1/uploads',
    (request) => request.method() === 'POST' && fileNameOf(request) === fileName,
  );
}

/** Holds an upload half way: the part of it that begins at this byte. */
export function holdPart(page: Page, offset: number): Promise<Gate> {
  return holdRequest(
    page,
    '**/api/v1/uploads/*',
    (request) => request.method() === 'PATCH' && request.headers()['upload-offset'] === String(offset),
  );
}

/** What a page asks of tus from now on: `POST name`, `HEAD`, `PATCH offset`. */
export function listenToUploads(page: Page): string[] {
  const heard: string[] = [];
  page.on('request', (request) => {
    if (!/\/api\/v1\/uploads(\/(?!check)|$)/.test(new URL(request.url()).pathname)) return;
    const detail = { POST: fileNameOf(request), PATCH: request.headers()['upload-offset'] }[request.method()];
    heard.push(detail ? `${request.method()} ${detail}` : request.method());
  });
  return heard;
}
