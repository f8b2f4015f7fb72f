import { afterEach, beforeEach } from 'vitest';
import { unmountAll } from './mount';

// Some tests ask for Node alone, since they speak real HTTP: there is no page to be cleaned in theirs.
if (typeof document !== 'undefined') {
  beforeEach(() => {
    localStorage.clear();
    document.documentElement.lang = 'ru';
  });

  afterEach(() => {
    unmountAll();
    document.body.replaceChildren();
  });
}
