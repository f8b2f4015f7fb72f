// Puts a component on the page of a test, with words, a store and a router, as the program does.
import { createPinia, setActivePinia, type Pinia } from 'pinia';
import { createApp, nextTick, type App, type Component } from 'vue';
import { createMemoryHistory, createRouter, type Router, type RouteRecordRaw } from 'vue-router';
import { i18n, setLocale } from '@/app/i18n';

const mounted: App[] = [];

export interface MountOptions {
  props?: Record<string, unknown>;
  routes?: RouteRecordRaw[];
  at?: string;
  locale?: 'ru' | 'en';
}

export interface Mounted {
  root: HTMLElement;
  router: Router;
  pinia: Pinia;
}

const anywhere: RouteRecordRaw[] = [{ path: '/:path(.*)*', component: { render: () => null } }];

export async function mount(component: Component, options: MountOptions = {}): Promise<Mounted> {
  await setLocale(options.locale ?? 'ru');
  const root = document.createElement('div');
  document.body.append(root);
  const pinia = createPinia();
  setActivePinia(pinia);
  const router = createRouter({ history: createMemoryHistory(), routes: options.routes ?? anywhere });
  await router.push(options.at ?? '/');
  const app = createApp(component, options.props);
  app.use(pinia).use(i18n).use(router);
  app.mount(root);
  mounted.push(app);
  await nextTick();
  return { root, router, pinia };
}

export function unmountAll(): void {
  for (const app of mounted.splice(0)) app.unmount();
}

/** Lets promises and the page settle. */
export async function settle(): Promise<void> {
  for (let turn = 0; turn < 8; turn += 1) {
    await Promise.resolve();
    await nextTick();
  }
}
