import { readFileSync } from "node:fs";
import { stringify } from "csv-stringify/sync";
import { celestialData, rightAscension } from "./star-catalogue.ts";

interface MessierFeature {
  readonly properties: { readonly name: string; readonly type: string; readonly mag: number };
  readonly geometry: { readonly coordinates: readonly [number, number] };
}

/** The 110 objects of Messier's catalogue as CSV: name, ra and dec (ICRS degrees), type, mag. A table to try the service with. */
export function messierCsv(): string {
  const { features } = JSON.parse(readFileSync(celestialData("messier.json"), "utf8")) as {
    features: MessierFeature[];
  };
  return stringify([
    ["name", "ra", "dec", "type", "mag"],
    ...features.map(({ properties, geometry: { coordinates } }) => [
      properties.name,
      rightAscension(coordinates[0]).toFixed(4),
      coordinates[1].toFixed(4),
      properties.type,
      String(properties.mag),
    ]),
  ]);
}
