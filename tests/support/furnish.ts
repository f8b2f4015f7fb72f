// A house in which somebody has lived for a while: a family, pictures with and without words, albums, a trash.
import type { Api, MemoryBody } from './api';
import { ALL, brokenPicture, EVENING, fixture, KITE, LAKE, OLD_PRINT, SEA, UPRIGHT } from './pictures';
import type { AppLocale } from './words';

const WORDS = {
  en: {
    family: 'The Sokolovs',
    lake: 'Morning at the lake',
    lakeText: 'The mist had just gone. Vera was the first in the water, as every year.',
    print: 'The yard in Garden Street',
    tags: ['summer', 'dacha'],
    place: 'Lake Ladoga',
    summers: 'Summers',
    summersText: 'What we leaf through in the winter.',
    inside: 'At the lake, 2019',
    other: 'Before the war',
  },
  ru: {
    family: 'Соколовы',
    lake: 'Утро на озере',
    lakeText: 'Туман только что сошёл. Вера первая полезла в воду, как и каждый год.',
    print: 'Двор на Садовой',
    tags: ['лето', 'дача'],
    place: 'Ладожское озеро',
    summers: 'Летние поездки',
    summersText: 'То, что мы листаем зимой.',
    inside: 'На озере, 2019',
    other: 'До войны',
  },
} as const;

export interface Furnished {
  readonly familyId: string;
  /** How the family is called. */
  readonly family: string;
  /** Of a link that calls somebody in. */
  readonly invitation: string;
  /** By the name of the file. */
  readonly memories: ReadonlyMap<string, MemoryBody>;
  readonly album: string;
  readonly albumInside: string;
  readonly broken: string;
}

/** @param api of the owner; everything lies in a family of theirs */
export async function furnish(api: Api, locale: AppLocale): Promise<Furnished> {
  const words = WORDS[locale];
  const family = await api.call<{ id: string }>('POST', '/spaces', { title: words.family });
  const spaceId = family.id;
  const memories = new Map<string, MemoryBody>();
  const bring = async (name: string) => memories.set(name, await api.bring(fixture(name), { spaceId }));
  await Promise.all(ALL.map(bring));
  const broken = await api.bring(brokenPicture(), { spaceId });
  const id = (name: string) => memories.get(name)!.id;

  const say = (name: string, patch: Record<string, unknown>) => api.patch(id(name), patch);
  await say(LAKE, { title: words.lake, description: words.lakeText, tags: words.tags });
  await say(OLD_PRINT, { title: words.print, date: '1935~' });
  await api.call('PUT', `/memories/${id(LAKE)}/favourite`);

  const make = async (draft: Record<string, unknown>, names: string[]) => {
    const album = await api.call<{ id: string }>('POST', '/collections', draft);
    if (names.length > 0)
      await api.call('POST', `/collections/${album.id}/memories`, { memoryIds: names.map((name) => id(name)) });
    return album.id;
  };
  const album = await make({ spaceId, title: words.summers, description: words.summersText }, [LAKE, EVENING, SEA]);
  const albumInside = await make({ parentId: album, title: words.inside }, [LAKE, EVENING, UPRIGHT]);
  await make({ spaceId, title: words.other }, [OLD_PRINT]);
  await api.call('POST', '/memories/trash', { memoryIds: [id(KITE)] });
  const { token } = await api.call<{ token: string }>('POST', '/invitations', { spaceId, role: 'editor' });
  return {
    familyId: spaceId,
    family: words.family,
    invitation: token,
    memories,
    album,
    albumInside,
    broken: broken.id,
  };
}
