import { stringify } from "csv-stringify/sync";
import { celestialData, rightAscension } from "./star-catalogue.ts";

interface DeepSkyFeature {
  readonly id: string;
  readonly properties: { readonly type: string; readonly mag: string };
  readonly geometry: { readonly coordinates: readonly [number, number] };
}

/**
 * The 15,809 deep-sky objects of d3-celestial down to magnitude 14 as an uploadable table, for tests and the benchmark.
 * Two of them are wrong in the source (two supernova remnants at Dec 255° and 120°) and make two bad rows.
 */
export async function deepSkyCsv(): Promise<string> {
  const { features } = (await Bun.file(celestialData("dsos.14.json")).json()) as { features: DeepSkyFeature[] };
  return stringify([
    ["name", "ra", "dec", "type", "mag"],
    ...features.map(({ id, properties, geometry: { coordinates } }) => [
      id,
      String(rightAscension(coordinates[0])),
      String(coordinates[1]),
      properties.type,
      // 999 is the source's "not available".
      properties.mag === "999" ? "" : properties.mag,
    ]),
  ]);
}
