// The tree of collections as data: pure functions over the flat list that the server answers.
import type { Collection } from '@memoryverse/api-client';

export interface TreeNode {
  collection: Collection;
  children: TreeNode[];
  depth: number;
}

/** Nests the list; siblings by position. One whose parent is not in the list stands at the top. */
export function buildTree(collections: readonly Collection[]): TreeNode[] {
  const known = new Set(collections.map((collection) => collection.id));
  const byParent = new Map<string, Collection[]>();
  for (const collection of collections) {
    const parent = collection.parentId && known.has(collection.parentId) ? collection.parentId : '';
    byParent.set(parent, [...(byParent.get(parent) ?? []), collection]);
  }
  const grow = (parent: string, depth: number): TreeNode[] =>
    (byParent.get(parent) ?? [])
      .sort((one, other) => one.position - other.position || one.title.localeCompare(other.title))
      .map((collection) => ({ collection, depth, children: grow(collection.id, depth + 1) }));
  return grow('', 0);
}

/** The tree as it is read from top to bottom. */
export function flatten(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...flatten(node.children)]);
}

/** From the top down to the parent of `id`. */
export function ancestors(collections: readonly Collection[], id: string): Collection[] {
  const byId = new Map(collections.map((collection) => [collection.id, collection]));
  const path: Collection[] = [];
  let parent = byId.get(id)?.parentId;
  while (parent && path.length < 100) {
    const next = byId.get(parent);
    if (!next) break;
    path.unshift(next);
    parent = next.parentId;
  }
  return path;
}

/** `id` and all that lie inside it: none of them may become its parent. */
export function withDescendants(collections: readonly Collection[], id: string): Set<string> {
  const found = new Set([id]);
  for (let grew = true; grew;) {
    grew = false;
    for (const collection of collections) {
      if (collection.parentId && found.has(collection.parentId) && !found.has(collection.id)) {
        found.add(collection.id);
        grew = true;
      }
    }
  }
  return found;
}

export function siblings(collections: readonly Collection[], collection: Collection): Collection[] {
  return collections
    .filter((other) => (other.parentId ?? '') === (collection.parentId ?? '') && other.spaceId === collection.spaceId)
    .sort((one, other) => one.position - other.position);
}
