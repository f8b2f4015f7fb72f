/** Coming back from the viewer: which picture gets the focus, and its flight home to its place in the row. */
import { nextTick, onMounted } from 'vue';
import { fly, type Departure } from './flight';

let leaving: Departure | null = null;

/** Called by the viewer as it closes: this picture flies back. */
export function leaveViewer(departure: Departure): void {
  leaving = departure;
}

export function useReturn(targetOf: (id: string) => HTMLElement | null): { returnTo: string | null } {
  const coming = leaving;
  leaving = null;
  onMounted(async () => {
    if (!coming) return;
    await nextTick();
    await nextTick();
    const target = targetOf(coming.id);
    if (target) await fly(coming, target);
  });
  return { returnTo: coming?.id ?? null };
}
