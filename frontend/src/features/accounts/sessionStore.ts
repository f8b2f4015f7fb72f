// Who is signed in, and what the server says of itself. Its start decides which page is the first.
import { defineStore } from 'pinia';
import { computed, ref, shallowRef } from 'vue';
import type {
  LoginRequest,
  ProfilePatch,
  RegisterRequest,
  ServerStatus,
  SignedIn,
  User,
} from '@memoryverse/api-client';
import type { Outcome, Problem } from '@/services/problem';
import { forgetSession, hasSession, onSessionEnd, rememberSession } from '@/services/session';
import { setLocale } from '@/app/i18n';
import { isThemeChoice, setTheme } from '@/composables/useTheme';
import * as service from './accountService';

export const useSessionStore = defineStore('session', () => {
  const user = shallowRef<User>();
  const status = shallowRef<ServerStatus>();
  /** Why the first page cannot be shown: no network, or a server in trouble. */
  const trouble = shallowRef<Problem>();
  const started = ref(false);
  let starting: Promise<void> | undefined;

  const signedIn = computed(() => user.value !== undefined);

  async function welcome(answer: Outcome<SignedIn>): Promise<Outcome<SignedIn>> {
    if (!answer.ok) return answer;
    rememberSession(answer.data.expiresAt);
    await adopt(answer.data.user);
    if (status.value) status.value = { ...status.value, initialised: true };
    return answer;
  }

  /** Takes the person in, with their language and their light. */
  async function adopt(next: User): Promise<void> {
    user.value = next;
    if (isThemeChoice(next.theme)) setTheme(next.theme);
    await setLocale(next.locale);
  }

  async function begin(): Promise<void> {
    trouble.value = undefined;
    const answer = await service.serverStatus();
    if (!answer.ok) {
      trouble.value = answer.problem;
      return;
    }
    status.value = answer.data;
    if (answer.data.initialised && hasSession()) {
      const person = await service.me();
      if (person.ok) await adopt(person.data);
      else if (person.problem.status === 401) forgetSession();
      else {
        trouble.value = person.problem;
        return;
      }
    }
    started.value = true;
  }

  /** Asks the server once; after a failure, again. */
  function start(): Promise<void> {
    if (started.value) return Promise.resolve();
    starting ??= begin().finally(() => (starting = undefined));
    return starting;
  }

  async function signIn(request: LoginRequest): Promise<Outcome<SignedIn>> {
    return welcome(await service.signIn(request));
  }

  async function register(request: RegisterRequest): Promise<Outcome<SignedIn>> {
    return welcome(await service.register(request));
  }

  /** Leaves with a fresh page, so that nothing of this person stays in memory. */
  async function signOut(): Promise<Outcome<unknown>> {
    const answer = await service.signOut();
    if (!answer.ok && answer.problem.status === 0) return answer;
    forgetSession();
    location.assign('/sign-in');
    return answer;
  }

  async function changeProfile(patch: ProfilePatch): Promise<Outcome<User>> {
    const answer = await service.changeProfile(patch);
    if (answer.ok) await adopt(answer.data);
    return answer;
  }

  /** Reads the person anew: they said something of themselves on another device. */
  async function refresh(): Promise<void> {
    const person = await service.me();
    if (person.ok) await adopt(person.data);
  }

  onSessionEnd(() => {
    user.value = undefined;
  });

  return { user, status, trouble, started, signedIn, start, signIn, register, signOut, changeProfile, refresh };
});
