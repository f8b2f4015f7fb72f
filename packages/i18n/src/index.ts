// The words of the clients: which languages there are, how their catalogues are loaded, and how a message with ICU
// plurals becomes a text. No framework here, so that every client may use it.
import { IntlMessageFormat } from 'intl-messageformat';
import { typeset } from './typeset';

export const locales = ['ru', 'en'] as const;
export type AppLocale = (typeof locales)[number];

export interface Catalogue {
  [key: string]: string | Catalogue;
}

export function isLocale(value: unknown): value is AppLocale {
  return locales.includes(value as AppLocale);
}

/** The first of a reader's languages that we speak; English for all who read neither. */
export function pickLocale(preferred: readonly string[]): AppLocale {
  for (const tag of preferred) {
    const language = tag.toLowerCase().split('-')[0];
    if (isLocale(language)) return language;
  }
  return 'en';
}

/** One language's catalogue, in a file of its own: nobody downloads the words that they do not read. */
export async function loadCatalogue(locale: AppLocale): Promise<Catalogue> {
  const module = locale === 'ru' ? await import('./ru/index') : await import('./en/index');
  return module.default;
}

export type Values = Record<string, unknown>;

const compiled = new Map<string, (values?: Values) => string>();

/** A message in ICU form as a function of its values; compiled once. Throws where the message is malformed. */
export function compileMessage(message: string, locale: string): (values?: Values) => string {
  const key = `${locale}\u0000${message}`;
  let format = compiled.get(key);
  if (!format) {
    const text = typeset(message, locale);
    if (/[{<']/.test(text)) {
      const icu = new IntlMessageFormat(text, locale, undefined, { ignoreTag: true });
      format = (values) => String(icu.format(values as Record<string, string>));
    } else {
      format = () => text;
    }
    compiled.set(key, format);
  }
  return format;
}

export { typeset };
