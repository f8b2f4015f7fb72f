import { compileMessage, isLocale, loadCatalogue, pickLocale, type AppLocale } from '@memoryverse/i18n';
import { createI18n, type MessageCompiler, type MessageContext } from 'vue-i18n';
import { readonly, ref } from 'vue';

// The page's language. Messages are ICU texts; each is compiled when first shown, without eval, as the content
// security policy demands.

const storageKey = 'memoryverse.locale';

const messageCompiler: MessageCompiler = (message, { locale, key }) => {
  const text = typeof message === 'string' ? message : key;
  return (context: MessageContext) => compileMessage(text, locale)(context.values as Record<string, unknown>);
};

export const i18n = createI18n({
  legacy: false,
  locale: 'ru',
  messageCompiler,
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
});

const current = ref<AppLocale>('ru');
const loaded = new Set<AppLocale>();

/** Shows the page in `locale`; what is not a language of ours changes nothing. */
export async function setLocale(locale: string): Promise<void> {
  if (!isLocale(locale)) return;
  if (!loaded.has(locale)) {
    i18n.global.setLocaleMessage(locale, (await loadCatalogue(locale)) as never);
    loaded.add(locale);
  }
  i18n.global.locale.value = locale;
  current.value = locale;
  document.documentElement.lang = locale;
  localStorage.setItem(storageKey, locale);
}

/** The language of the last visit in this browser, else the browser's. */
export async function startLocale(): Promise<void> {
  const stored = localStorage.getItem(storageKey);
  await setLocale(isLocale(stored) ? stored : pickLocale(navigator.languages ?? [navigator.language]));
}

export function useLocale() {
  return { locale: readonly(current), setLocale };
}
