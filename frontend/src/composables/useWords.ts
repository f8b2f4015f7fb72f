import { useI18n } from 'vue-i18n';

// Times of the server in a reader's words. When a memory was is another matter: see @memoryverse/dates.

const languageTags: Record<string, string> = { ru: 'ru', en: 'en-GB' };

export function useWords() {
  const { locale } = useI18n();
  const tag = (): string => languageTags[locale.value] ?? locale.value;

  function day(iso: string): string {
    const text = new Intl.DateTimeFormat(tag(), { day: 'numeric', month: 'long', year: 'numeric' }).format(
      new Date(iso),
    );
    // Russian years carry «г.», which a sentence seldom wants.
    // The parts of a date stay on one line.
    return text.replace(/[\s\u00a0]г\.$/, '').replace(/ /g, '\u00a0');
  }

  /** «14 июля 2026 в 18:02». */
  function moment(iso: string): string {
    const time = new Intl.DateTimeFormat(tag(), { hour: '2-digit', minute: '2-digit' }).format(new Date(iso));
    return `${day(iso)}, ${time}`;
  }

  return { day, moment };
}
