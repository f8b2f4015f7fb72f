import { ref, readonly } from 'vue';

// Day, evening, or as the system has it. Remembered in this browser, so that the first paint is right (see theme.js),
// and with the account by the session store.

export type ThemeChoice = 'system' | 'light' | 'dark';

const storageKey = 'memoryverse.theme';
const turningMs = 650;
const choice = ref<ThemeChoice>('system');

export function isThemeChoice(value: unknown): value is ThemeChoice {
  return value === 'system' || value === 'light' || value === 'dark';
}

function apply(next: ThemeChoice): void {
  const { dataset } = document.documentElement;
  if (next === 'system') delete dataset.theme;
  else dataset.theme = next;
}

let turning: ReturnType<typeof setTimeout> | undefined;

export function setTheme(next: ThemeChoice): void {
  if (next === choice.value) return;
  choice.value = next;
  if (next === 'system') localStorage.removeItem(storageKey);
  else localStorage.setItem(storageKey, next);
  const root = document.documentElement;
  root.classList.add('theme-turning');
  apply(next);
  clearTimeout(turning);
  turning = setTimeout(() => root.classList.remove('theme-turning'), turningMs);
}

/** Reads what this browser remembers; called once, before the page is drawn. */
export function startTheme(): void {
  const stored = localStorage.getItem(storageKey);
  choice.value = isThemeChoice(stored) ? stored : 'system';
  apply(choice.value);
}

export function useTheme() {
  return { choice: readonly(choice), setTheme };
}
