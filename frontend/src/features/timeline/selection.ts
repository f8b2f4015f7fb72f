/** What is chosen on the timeline: a set of memories, and the one from which a range is counted. */

export interface Selection {
  readonly ids: ReadonlySet<string>;
  readonly anchor: string | null;
}

export const NOTHING_CHOSEN: Selection = { ids: new Set(), anchor: null };

export function toggle(selection: Selection, id: string): Selection {
  const ids = new Set(selection.ids);
  if (!ids.delete(id)) ids.add(id);
  return { ids, anchor: ids.size === 0 ? null : id };
}

/**
 * Chooses all from the anchor to `id`. The anchor stays, so that a range can be drawn longer and shorter; what was
 * chosen by the range before and lies outside of the new one is let go.
 *
 * @param between ids from one to the other in the order of the page, both included, whichever comes first
 */
export function extend(
  selection: Selection,
  id: string,
  between: (one: string, other: string) => readonly string[],
  previousEnd: string | null = null,
): Selection {
  const anchor = selection.anchor ?? id;
  const ids = new Set(selection.ids);
  if (previousEnd !== null) for (const each of between(anchor, previousEnd)) ids.delete(each);
  for (const each of between(anchor, id)) ids.add(each);
  return { ids, anchor };
}

/** Chooses all of a group, or lets all of it go where all of it was chosen. */
export function toggleAll(selection: Selection, group: readonly string[]): Selection {
  const ids = new Set(selection.ids);
  const all = group.every((id) => ids.has(id));
  for (const id of group) {
    if (all) ids.delete(id);
    else ids.add(id);
  }
  return { ids, anchor: ids.size === 0 ? null : (group[0] ?? selection.anchor) };
}

/** What is gone from the page cannot stay chosen. */
export function without(selection: Selection, gone: Iterable<string>): Selection {
  const ids = new Set(selection.ids);
  for (const id of gone) ids.delete(id);
  if (ids.size === selection.ids.size) return selection;
  return { ids, anchor: selection.anchor !== null && ids.has(selection.anchor) ? selection.anchor : null };
}
