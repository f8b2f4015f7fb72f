import { afterEach, beforeEach } from 'vitest';
import { unmountAll } from './mount';

beforeEach(() => {
  localStorage.clear();
  document.documentElement.lang = 'ru';
});

afterEach(() => {
  unmountAll();
  document.body.replaceChildren();
});
