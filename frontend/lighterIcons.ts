import type { Plugin } from 'vite';

const unused = /[\w$]+\.value === "(?:duotone|light|thin)" \? \([\w$]+\(\), [\w$]+\("g", [\w$]+, [\w$]+\)\) : /g;

/**
 * Leaves the drawings of three weights out of the icons. Each icon carries six; the design draws in regular, fill and
 * bold alone, and half of every icon would otherwise be downloaded for nothing.
 */
export function lighterIcons(): Plugin {
  return {
    name: 'lighter-icons',
    apply: 'build',
    enforce: 'pre',
    transform(code, id) {
      if (!id.includes('/@phosphor-icons/vue/dist/icons/')) return null;
      return { code: code.replace(unused, ''), map: null };
    },
  };
}
