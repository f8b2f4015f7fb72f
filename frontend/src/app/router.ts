import {
  createRouter,
  createWebHistory,
  type RouteLocationNormalized,
  type Router,
  type RouteRecordRaw,
} from 'vue-router';
import { i18n } from '@/app/i18n';
import { problemText } from '@/composables/problemText';
import { showToast } from '@/composables/useToasts';
import { serverStatus } from '@/features/accounts/accountService';
import { useSessionStore } from '@/features/accounts/sessionStore';

declare module 'vue-router' {
  interface RouteMeta {
    /** Key of the page's name in the catalogues; pages without one name themselves. */
    title?: string;
    /** `entry`: before signing in. `bare`: the page alone, without header and tabs. Otherwise the house. */
    layout?: 'entry' | 'bare';
    /** May be seen by somebody who is not signed in. */
    open?: boolean;
    /** The page keeps its own place of scrolling. */
    ownScroll?: boolean;
  }
}

export const routes: RouteRecordRaw[] = [
  {
    path: '/',
    name: 'timeline',
    component: () => import('@/features/timeline/TimelinePage.vue'),
    meta: { title: 'app.nav.timeline', ownScroll: true },
  },
  {
    path: '/memories/:id',
    name: 'memory',
    component: () => import('@/features/viewer/ViewerPage.vue'),
    meta: { layout: 'bare', ownScroll: true },
  },
  {
    path: '/collections',
    name: 'collections',
    component: () => import('@/features/collections/CollectionsPage.vue'),
    meta: { title: 'collections.title' },
  },
  {
    path: '/collections/:id',
    name: 'collection',
    component: () => import('@/features/collections/CollectionPage.vue'),
  },
  {
    path: '/trash',
    name: 'trash',
    component: () => import('@/features/trash/TrashPage.vue'),
    meta: { title: 'trash.title' },
  },
  { path: '/settings', redirect: { name: 'settings', params: { section: 'profile' } } },
  {
    path: '/settings/:section(profile|security|family|house|about)',
    name: 'settings',
    component: () => import('@/features/settings/SettingsPage.vue'),
    meta: { title: 'settings.title' },
  },
  {
    path: '/welcome',
    name: 'welcome',
    component: () => import('@/features/accounts/WelcomePage.vue'),
    meta: { layout: 'entry', open: true, title: 'accounts.welcome.pageTitle' },
  },
  {
    path: '/welcome/family',
    name: 'welcome-family',
    component: () => import('@/features/accounts/WelcomeFamilyPage.vue'),
    meta: { layout: 'entry', title: 'accounts.family.pageTitle' },
  },
  {
    path: '/sign-in',
    name: 'sign-in',
    component: () => import('@/features/accounts/SignInPage.vue'),
    meta: { layout: 'entry', open: true, title: 'accounts.signIn.title' },
  },
  {
    path: '/register',
    name: 'register',
    component: () => import('@/features/accounts/RegisterPage.vue'),
    meta: { layout: 'entry', open: true, title: 'accounts.register.pageTitle' },
  },
  {
    path: '/invite/:token',
    name: 'invite',
    component: () => import('@/features/accounts/InvitePage.vue'),
    meta: { layout: 'entry', open: true, title: 'accounts.invite.pageTitle' },
  },
  {
    path: '/:path(.*)*',
    name: 'not-found',
    component: () => import('@/pages/NotFoundPage.vue'),
    meta: { title: 'app.notFound.title' },
  },
];

/** Only a path of this page may follow signing in, never another site. */
export function safeNext(next: unknown): string {
  return typeof next === 'string' && /^\/(?![/\\])/.test(next) ? next : '/';
}

/** Which page somebody gets who asks for `to`: true is this one. */
export function admit(
  to: Pick<RouteLocationNormalized, 'name' | 'meta' | 'fullPath' | 'query'>,
  session: { initialised: boolean; signedIn: boolean; registration: string },
): true | { name: string; query?: Record<string, string> } | string {
  if (!session.initialised) return to.name === 'welcome' ? true : { name: 'welcome' };
  if (!session.signedIn) {
    if (to.name === 'welcome') return { name: 'sign-in' };
    if (to.name === 'register' && session.registration !== 'open') return { name: 'sign-in' };
    if (to.meta.open) return true;
    return to.fullPath === '/' ? { name: 'sign-in' } : { name: 'sign-in', query: { next: to.fullPath } };
  }
  if (to.name === 'sign-in' || to.name === 'register') return safeNext(to.query.next);
  if (to.name === 'welcome') return { name: 'timeline' };
  return true;
}

export function createAppRouter(): Router {
  const router = createRouter({
    history: createWebHistory(),
    routes,
    scrollBehavior(to, from, saved) {
      if (saved) return saved;
      if (to.meta.ownScroll && from.meta.ownScroll) return false;
      return to.path === from.path ? false : { top: 0 };
    },
  });
  router.beforeEach(async (to) => {
    const session = useSessionStore();
    await session.start();
    // The trouble is told in the page's place; it is asked again from there.
    if (!session.started) return true;
    return admit(to, {
      initialised: session.status?.initialised ?? true,
      signedIn: session.signedIn,
      registration: session.status?.registration ?? 'closed',
    });
  });
  // A page from before an update names files that are gone: the new ones are one reload away.
  router.onError(async (error, to) => {
    if (!/dynamically imported module|Importing a module script failed|preload/i.test(String(error))) return;
    // Without an answer a reload would leave the page for the browser's own words: stay, and say it in ours.
    const answer = await serverStatus();
    if (answer.ok) location.assign(to.fullPath);
    else showToast({ text: problemText(answer.problem, i18n.global.t), trouble: true });
  });
  return router;
}
