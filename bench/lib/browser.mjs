// A browser in front of a measured server. Its packages lie in bench/browser and are installed when a part first wants
// them.
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import path from 'node:path';
import { ROOT } from './library.mjs';
import { run } from './process.mjs';

const HOME = path.join(ROOT, 'bench/browser');

/** A package of bench/browser. */
export async function browserPackage(name) {
  if (!existsSync(path.join(HOME, 'node_modules')))
    await run('npm', ['ci', '--no-progress', '--prefer-offline', '--prefix', HOME]);
  return import(createRequire(path.join(HOME, 'package.json')).resolve(name));
}

/** A page on which somebody is signed in; `close` ends the browser. */
export async function pageOf(subject, { email, password }) {
  const { default: puppeteer } = await browserPackage('puppeteer-core');
  const browser = await puppeteer.launch({
    executablePath: process.env.CHROME_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--headless=new', '--disable-dev-shm-usage'],
  });
  const page = await browser.newPage();
  await page.setViewport({ width: 1280, height: 800 });
  await page.goto(`${subject.web}/sign-in`);
  await page.waitForSelector('input[type=password]');
  await page.type('input[type=email]', email);
  await page.type('input[type=password]', password);
  await page.keyboard.press('Enter');
  await page.waitForFunction(() => location.pathname === '/');
  return { page, close: () => browser.close() };
}
