import { fileURLToPath } from "node:url";

/**
 * The Hipparcos catalogue as columns: one array per quantity, one index per star.
 *
 * Positions are ICRS at epoch J2000.0 in degrees, RA in [0, 360), rounded by the source to 0.0001° (0.36″): d3-celestial took them
 * from XHIP (Anderson & Francis 2012, AstL 38, 331), which carried Hipparcos positions from J1991.25 to J2000.0.
 */
export interface StarCatalogue {
  readonly count: number;
  /** Hipparcos number. */
  readonly hip: Uint32Array;
  readonly ra: Float64Array;
  readonly dec: Float64Array;
  /** Johnson V magnitude. */
  readonly vmag: Float64Array;
  /** Colour index B−V; NaN where the catalogue has none. */
  readonly bv: Float64Array;
}

interface StarFeature {
  readonly id: number;
  readonly properties: { readonly mag: number; readonly bv: string };
  /** Longitude in [−180, 180] and latitude, as GeoJSON wants it. */
  readonly geometry: { readonly coordinates: readonly [number, number] };
}

/** Where a data file of the package d3-celestial lies. */
export function celestialData(file: string): string {
  return fileURLToPath(import.meta.resolve(`d3-celestial/data/${file}`));
}

/** GeoJSON longitude to right ascension in [0, 360), without the noise that adding 360 brings to a number of four decimals. */
export function rightAscension(longitude: number): number {
  return longitude < 0 ? Math.round((longitude + 360) * 1e6) / 1e6 : longitude;
}

let loaded: Promise<StarCatalogue> | undefined;

/** Reads the 118,216 stars, once per process (about 0.1 s). */
export function loadCatalogue(): Promise<StarCatalogue> {
  loaded ??= readCatalogue();
  return loaded;
}

async function readCatalogue(): Promise<StarCatalogue> {
  const { features } = (await Bun.file(celestialData("stars.14.json")).json()) as { features: StarFeature[] };
  return catalogueOf(
    features.map(({ id, properties, geometry }) => ({
      hip: id,
      ra: rightAscension(geometry.coordinates[0]),
      dec: geometry.coordinates[1],
      vmag: properties.mag,
      bv: properties.bv === "" ? Number.NaN : Number(properties.bv),
    })),
  );
}

export interface Star {
  readonly hip: number;
  readonly ra: number;
  readonly dec: number;
  readonly vmag: number;
  readonly bv: number;
}

/** A catalogue of the given stars. */
export function catalogueOf(stars: readonly Star[]): StarCatalogue {
  return {
    count: stars.length,
    hip: Uint32Array.from(stars, (star) => star.hip),
    ra: Float64Array.from(stars, (star) => star.ra),
    dec: Float64Array.from(stars, (star) => star.dec),
    vmag: Float64Array.from(stars, (star) => star.vmag),
    bv: Float64Array.from(stars, (star) => star.bv),
  };
}

/** The value at an index that is known to exist. */
export function at(array: Float64Array | Uint32Array, index: number): number {
  const value = array[index];
  if (value === undefined) throw new RangeError(`no element ${index} in an array of ${array.length}`);
  return value;
}
