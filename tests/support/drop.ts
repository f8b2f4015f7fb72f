// Dropping from outside of the browser, as a hand does it: the browser itself reads the files and folders, so the page
// gets the same entries as from a file manager.
import type { Page } from 'playwright-core';
import { expect } from 'vitest';

/** @param paths files and folders on this machine */
export async function dropOnPage(page: Page, paths: readonly string[]): Promise<void> {
  const size = page.viewportSize() ?? { width: 800, height: 600 };
  const cdp = await page.context().newCDPSession(page);
  const data = { items: [], files: [...paths], dragOperationsMask: 1 };
  const at = { x: Math.round(size.width / 2), y: Math.round(size.height / 2) };
  const send = (type: 'dragEnter' | 'dragOver' | 'dragCancel' | 'drop') =>
    cdp.send('Input.dispatchDragEvent', { type, ...at, data });
  // A hand lets go when the page shows that it would take them. A page that was still coming up heard nothing of it: then
  // the hand comes in again.
  const place = page.locator('.drop-place');
  await expect
    .poll(
      async () => {
        await send('dragCancel');
        await send('dragEnter');
        await send('dragOver');
        return place.waitFor({ timeout: 1000 }).then(
          () => true,
          () => false,
        );
      },
      { timeout: 20_000 },
    )
    .toBe(true);
  await send('dragOver');
  await send('drop');
  await cdp.detach();
}
