import type { Memory } from '@memoryverse/api-client';

const dayMs = 86_400_000;

/** Whole days until the trash lets a memory go; the last one counts as one. */
export function daysLeft(memory: Pick<Memory, 'purgeAt'>, now = Date.now()): number {
  if (!memory.purgeAt) return 0;
  return Math.max(0, Math.ceil((Date.parse(memory.purgeAt) - now) / dayMs));
}
