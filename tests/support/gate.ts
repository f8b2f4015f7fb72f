// Holds an upload before the door, so that a test can look at the page while it is still on its way.
import type { Page, Request } from 'playwright-core';

/** Name of the file that a tus creation request brings; null for any other request. */
export function fileNameOf(request: Request): string | null {
  const metadata = request.headers()['upload-metadata'];
  const found = /(?:^|,)filename ([^,]*)/.exec(metadata ?? '')?.[1];
  return found === undefined ? null : Buffer.from(found, 'base64').toString('utf8');
}

export interface Gate {
  /** Resolves when the upload stands before the door. */
  readonly reached: Promise<void>;
  open(): void;
}

export async function holdUpload(page: Page, fileName: string): Promise<Gate> {
  let open!: () => void;
  let arrive!: () => void;
  const opened = new Promise<void>((resolve) => (open = resolve));
  const reached = new Promise<void>((resolve) => (arrive = resolve));
  await page.route('**/api/v1/uploads', async (route, request) => {
    if (request.method() === 'POST' && fileNameOf(request) === fileName) {
      arrive();
      await opened;
    }
    // The page may be gone by then, which is what some tests are about.
    await route.continue().catch(() => undefined);
  });
  return { reached, open };
}
