import { expect, test } from 'vitest';
import type { Collection } from '@memoryverse/api-client';
import { ancestors, buildTree, flatten, siblings, withDescendants } from './collectionTree';

function collection(id: string, parentId?: string, position = 0): Collection {
  return {
    id,
    parentId,
    position,
    spaceId: 'space',
    title: id,
    description: '',
    memories: 0,
    version: 1,
    createdAt: '',
    updatedAt: '',
    canEdit: true,
  };
}

const all = [
  collection('later', undefined, 1),
  collection('first', undefined, 0),
  collection('inner', 'first', 0),
  collection('deep', 'inner', 0),
  collection('orphan', 'gone', 2),
];

test('nests by parent and orders by position; what lost its parent stands at the top', () => {
  const tree = buildTree(all);
  expect(tree.map((node) => node.collection.id)).toEqual(['first', 'later', 'orphan']);
  expect(flatten(tree).map((node) => [node.collection.id, node.depth])).toEqual([
    ['first', 0],
    ['inner', 1],
    ['deep', 2],
    ['later', 0],
    ['orphan', 0],
  ]);
});

test('knows the way from the top and everything inside', () => {
  expect(ancestors(all, 'deep').map((each) => each.id)).toEqual(['first', 'inner']);
  expect(withDescendants(all, 'first')).toEqual(new Set(['first', 'inner', 'deep']));
  expect(siblings(all, all[1]!).map((each) => each.id)).toEqual(['first', 'later']);
});

test('ends on a ring, which the server would refuse', () => {
  const ring = [collection('a', 'b'), collection('b', 'a')];
  expect(ancestors(ring, 'a').length).toBeLessThanOrEqual(100);
  expect(buildTree(ring)).toEqual([]);
});
