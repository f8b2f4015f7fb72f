import { fileURLToPath } from 'node:url';
import tailwindcss from '@tailwindcss/vite';
import vue from '@vitejs/plugin-vue';
import { defineConfig } from 'vitest/config';
import { lighterIcons } from './lighterIcons.ts';
import { packedFiles } from './packedFiles.ts';

const api = process.env.MEMORYVERSE_API ?? 'http://127.0.0.1:4000';
const realtime = process.env.MEMORYVERSE_REALTIME ?? 'ws://127.0.0.1:4001';

export default defineConfig({
  plugins: [vue(), tailwindcss(), lighterIcons(), packedFiles()],
  resolve: {
    alias: {
      '@': fileURLToPath(new URL('./src', import.meta.url)),
      // Messages are compiled by packages/i18n, so the compiler of vue-i18n stays at home.
      'vue-i18n': 'vue-i18n/dist/vue-i18n.runtime.mjs',
    },
  },
  define: {
    __VUE_OPTIONS_API__: 'false',
    __VUE_I18N_FULL_INSTALL__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
    __INTLIFY_DROP_MESSAGE_COMPILER__: 'true',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
  },
  build: {
    target: 'es2022',
    // The policy of the server forbids data: fonts and inline scripts, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
  },
  server: {
    host: '127.0.0.1',
    port: 3000,
    proxy: {
      '/api/v1/events': { target: realtime, ws: true },
      '/api': { target: api, changeOrigin: false },
    },
  },
  test: {
    environment: 'happy-dom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['src/testing/setup.ts'],
    restoreMocks: true,
  },
});
