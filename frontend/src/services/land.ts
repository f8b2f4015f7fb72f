// Land and borders of the world, which come with the program: nothing is asked of anybody else on the network.
import type { GeometryCollection, Topology } from 'topojson-specification';
import landUrl from 'world-atlas/countries-50m.json?url';

export type Land = Topology<{ countries: GeometryCollection }>;

/** Loads it once it is needed; rejects without a network when the browser has not kept it. */
export async function loadLand(): Promise<Land> {
  const answer = await fetch(landUrl);
  return (await answer.json()) as Land;
}
