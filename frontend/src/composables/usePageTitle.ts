import { computed, onScopeDispose, shallowRef, watchEffect, type MaybeRefOrGetter, toValue } from 'vue';
import { useRoute } from 'vue-router';

// The title of the browser's tab: the page, then the house.

const own = shallowRef<{ title: () => string }>();
const house = shallowRef('');

/** The name of the house, once it is known. */
export function setHouseName(name: string): void {
  house.value = name;
}

/** For a page whose name is a person's own words. */
export function usePageTitle(title: MaybeRefOrGetter<string>): void {
  const mine = { title: () => toValue(title) };
  own.value = mine;
  onScopeDispose(() => {
    if (own.value === mine) own.value = undefined;
  });
}

export function startPageTitle(t: (key: string) => string): void {
  const route = useRoute();
  const page = computed(() => own.value?.title() || (route.meta.title ? t(route.meta.title) : ''));
  watchEffect(() => {
    document.title = [page.value, house.value || 'MemoryVerse'].filter(Boolean).join(' · ');
  });
}
