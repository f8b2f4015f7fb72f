// Lighthouse on the pages of somebody who is signed in, on a phone as it imagines one and on a computer. Its packages lie
// in bench/lighthouse and are installed when it first runs, as nothing else wants them.
import { existsSync } from 'node:fs';
import { mkdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { pictures, ROOT } from '../lib/library.mjs';
import { run } from '../lib/process.mjs';
import { allPreviews, startServer, upload } from '../lib/subjects.mjs';
import { table } from '../lib/table.mjs';

const HOME = path.join(ROOT, 'bench/lighthouse');
const CATEGORIES = ['performance', 'accessibility', 'best-practices', 'seo'];
const PAGES = ['/', '/collections', '/settings/profile'];
const PICTURES = 12;
const ACCOUNT = { email: 'anna@example.org', password: 'four words of her own' };

async function tools() {
  if (!existsSync(path.join(HOME, 'node_modules')))
    await run('npm', ['ci', '--no-progress', '--prefer-offline', '--prefix', HOME]);
  const load = createRequire(path.join(HOME, 'package.json'));
  const { default: puppeteer } = await import(load.resolve('puppeteer-core'));
  const { default: lighthouse, desktopConfig } = await import(load.resolve('lighthouse'));
  return { puppeteer, lighthouse, desktopConfig };
}

export async function lighthouse({ folder }) {
  const { puppeteer, lighthouse: inspect, desktopConfig } = await tools();
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

  const browser = await puppeteer.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--headless=new', '--disable-dev-shm-usage'],
  });
  const rows = [];
  try {
    const page = await browser.newPage();
    await page.goto(`${subject.web}/sign-in`);
    await page.waitForSelector('input[type=password]');
    await page.type('input[type=email]', ACCOUNT.email);
    await page.type('input[type=password]', ACCOUNT.password);
    await page.keyboard.press('Enter');
    await page.waitForFunction(() => location.pathname === '/');
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
    await browser.close();
  }
  console.log(`\nLighthouse\n${table(['page', ...CATEGORIES, 'largest paint', 'blocked', 'shift'], rows)}`);
}
