import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { compileMessage, loadCatalogue, pickLocale, typeset, type Catalogue } from './index';

function keysOf(catalogue: Catalogue, prefix = ''): Map<string, string> {
  const keys = new Map<string, string>();
  for (const [name, value] of Object.entries(catalogue)) {
    if (typeof value === 'string') keys.set(prefix + name, value);
    else for (const [key, text] of keysOf(value, `${prefix}${name}.`)) keys.set(key, text);
  }
  return keys;
}

const sources = fileURLToPath(new URL('../../../frontend/src/', import.meta.url));
const code = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter((path) => /\.(ts|vue)$/.test(path) && !/\.test\.ts$/.test(path))
  .map((path) => readFileSync(sources + path, 'utf8'))
  .join('\n');

const ru = keysOf(await loadCatalogue('ru'));
const en = keysOf(await loadCatalogue('en'));
const rooms = [...new Set([...ru.keys()].map((key) => key.split('.')[0]))].join('|');

test('both languages say the same things', () => {
  expect([...ru.keys()].sort()).toEqual([...en.keys()].sort());
});

test('both languages take the same values', () => {
  const values = (text: string) =>
    [...new Set([...text.matchAll(/\{(\w+)/g)].map(([, name]) => name))].filter((name) => !/^\d+$/.test(name ?? ''));
  const named = (text: string) => values(text.replace(/(one|few|many|other|=\d+) \{/g, '(')).sort();
  for (const [key, text] of ru) expect([key, named(text)]).toEqual([key, named(en.get(key) ?? '')]);
});

test('every word that the pages ask for is in the catalogues', () => {
  const asked = [...code.matchAll(new RegExp(`['\`]((?:${rooms})(?:\\.\\w+)+)['\`]`, 'g'))].map(([, key]) => key!);
  const missing = [...new Set(asked)].filter((key) => !ru.has(key));
  expect(missing).toEqual([]);
});

test('every word in the catalogues is asked for by a page', () => {
  const prefixes = [...code.matchAll(/`([\w.]+\.)\$\{/g)].map(([, prefix]) => prefix!);
  const unused = [...ru.keys()].filter(
    (key) =>
      !["'", '"', '`'].some((quote) => code.includes(quote + key + quote)) &&
      !prefixes.some((prefix) => key.startsWith(prefix)),
  );
  expect(unused).toEqual([]);
});

test('every message can be said for every number', () => {
  for (const [locale, catalogue] of [
    ['ru', ru],
    ['en', en],
  ] as const) {
    for (const [key, text] of catalogue) {
      const names = [...text.matchAll(/\{(\w+)/g)].map(([, name]) => name!);
      for (const count of [0, 1, 2, 5, 11, 21, 22, 1284]) {
        const values = Object.fromEntries(names.map((name) => [name, /plural|number/.test(text) ? count : 'Вера']));
        expect(compileMessage(text, locale)(values), key).not.toMatch(/undefined|[{}]/);
      }
    }
  }
});

test('Russian has three forms, and numbers their own space', () => {
  const say = compileMessage(ru.get('collections.count')!, 'ru');
  expect(say({ count: 1 })).toMatch(/^1.воспоминание$/);
  expect(say({ count: 3 })).toMatch(/^3.воспоминания$/);
  expect(say({ count: 11 })).toMatch(/^11.воспоминаний$/);
  expect(say({ count: 58214 })).toMatch(/^58\u00a0214.воспоминаний$/);
});

test('short words and dashes never stand alone at the end of a line', () => {
  expect(typeset('и в доме – у бабушки', 'ru')).toBe('и\u00a0в\u00a0доме\u00a0– у\u00a0бабушки');
  expect(typeset('a house – and a lake', 'en')).toBe('a house\u00a0– and a lake');
});

test('every reader gets a language that they most likely read', () => {
  expect(pickLocale(['de', 'ru-RU', 'en'])).toBe('ru');
  expect(pickLocale(['de'])).toBe('en');
  expect(pickLocale([])).toBe('en');
});
