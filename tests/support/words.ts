// What the page says, from the catalogues that the page itself uses: a test that finds a button by its name finds it in
// both languages, and fails where a word is missing.
import { compileMessage, loadCatalogue, type AppLocale, type Catalogue, type Values } from '@memoryverse/i18n';

export type { AppLocale };
export type Translate = (key: string, values?: Values) => string;

const catalogues: Record<AppLocale, Catalogue> = { ru: await loadCatalogue('ru'), en: await loadCatalogue('en') };

export function wordsOf(locale: AppLocale): Translate {
  const catalogue: Catalogue = catalogues[locale];
  return (key, values) => {
    let found: string | Catalogue | undefined = catalogue;
    for (const part of key.split('.')) found = typeof found === 'object' ? found[part] : undefined;
    if (typeof found !== 'string') throw new Error(`The ${locale} catalogue has no “${key}”.`);
    return compileMessage(found, locale)(values);
  };
}
