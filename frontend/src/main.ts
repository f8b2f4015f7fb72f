import { createPinia } from 'pinia';
import { createApp } from 'vue';
import App from './App.vue';
import { i18n, startLocale } from './app/i18n';
import { createAppRouter } from './app/router';
import './app/styles/main.css';
import { startTheme } from './composables/useTheme';

async function start(): Promise<void> {
  startTheme();
  await startLocale();
  const app = createApp(App);
  app.use(createPinia());
  app.use(i18n);
  app.use(createAppRouter());
  app.mount('#app');
}

void start();
