import type { Memory } from '@memoryverse/api-client';

/** A memory for tests; name what matters to yours. */
export function aMemory(members: Partial<Memory> = {}): Memory {
  return {
    id: 'memory-1',
    spaceId: 'space-1',
    contributor: { id: 'user-1', name: 'Анна' },
    type: 'photo',
    title: 'Озеро',
    description: '',
    tags: [],
    date: { edtf: '1962-07-14', confidence: 'certain', source: 'person' },
    privacy: 'space',
    favourite: false,
    version: 1,
    createdAt: '2026-01-01T00:00:00.000Z',
    updatedAt: '2026-01-01T00:00:00.000Z',
    media: [],
    collectionIds: [],
    canEdit: true,
    ...members,
  };
}
