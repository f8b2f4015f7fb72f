// Lighthouse on the pages of somebody who is signed in, on a phone as it imagines one and on a computer.
import { mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { browserPackage, pageOf } from '../lib/browser.mjs';
import { pictures } from '../lib/library.mjs';
import { allPreviews, startServer, upload } from '../lib/subjects.mjs';
import { table } from '../lib/table.mjs';

const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const PAGES = ['/', '/collections', '/settings/profile'];
const PICTURES = 12;
const ACCOUNT = { email: 'anna@example.org', password: 'four words of her own' };

export async function lighthouse({ folder }) {
  const { default: inspect, desktopConfig } = await browserPackage('lighthouse');
  const data = path.join(folder, 'lighthouse');
  await mkdir(data);
  const subject = await startServer('lighthouse', { data, folder });
  const registered = await fetch(`${subject.url}/api/v1/auth/register`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ name: 'Anna', ...ACCOUNT }),
  });
  if (!registered.ok) throw new Error(`no account: ${await registered.text()}`);
  subject.token = (await registered.json()).accessToken;
  const ids = [];
  for (const file of await pictures(PICTURES))
    ids.push(await upload(subject, await readFile(file), path.basename(file)));
  await allPreviews(subject, ids, 1080);

  const { page, close } = await pageOf(subject, ACCOUNT);
  const rows = [];
  try {
    for (const [device, config] of [
      ['phone', undefined],
      ['computer', desktopConfig],
    ]) {
      for (const address of PAGES) {
        const flags = { disableStorageReset: true, onlyCategories: CATEGORIES, logLevel: 'error' };
        const { lhr } = await inspect(subject.web + address, flags, config, page);
        if (new URL(lhr.finalDisplayedUrl).pathname !== address)
          throw new Error(`${address} led to ${lhr.finalDisplayedUrl}`);
        const scores = CATEGORIES.map((name) => String(Math.round(lhr.categories[name].score * 100)));
        const at = (audit) => lhr.audits[audit].displayValue ?? '';
        rows.push([
          `${address} on a ${device}`,
          ...scores,
          at('largest-contentful-paint'),
          at('total-blocking-time'),
          at('cumulative-layout-shift'),
        ]);
      }
    }
  } finally {
    await close();
  }
  console.log(`\nLighthouse\n${table(['page', ...CATEGORIES, 'largest paint', 'blocked', 'shift'], rows)}`);
}
