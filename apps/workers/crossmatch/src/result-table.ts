import type { Matches } from "./crossmatch.ts";
import { at, type StarCatalogue } from "./star-catalogue.ts";
import type { Column, Table } from "./table.ts";

export interface ResultColumn extends Column {
  /** Unique in the document, and an XML name: the name itself wherever it can be, for astropy calls the column by it. */
  readonly id: string;
  /** The coordinate system that the column is in. */
  readonly frame?: "input" | "catalogue";
}

/** IDs of the coordinate systems of the two frames; no column may have them. */
export const SYSTEM_IDS = { input: "input_system", catalogue: "catalogue_system" } as const;

const BEFORE: readonly Column[] = [
  { name: "input_row", datatype: "int", ucd: "meta.record", description: "Row of the uploaded table, from 1" },
];

const AFTER: readonly (Column & Pick<ResultColumn, "frame">)[] = [
  { name: "hip", datatype: "int", ucd: "meta.id;meta.main", description: "Hipparcos number of the matched star" },
  {
    name: "hip_ra",
    datatype: "double",
    unit: "deg",
    ucd: "pos.eq.ra;meta.main",
    frame: "catalogue",
    description: "Right ascension of the matched star, ICRS, epoch J2000.0",
  },
  {
    name: "hip_dec",
    datatype: "double",
    unit: "deg",
    ucd: "pos.eq.dec;meta.main",
    frame: "catalogue",
    description: "Declination of the matched star, ICRS, epoch J2000.0",
  },
  { name: "vmag", datatype: "float", unit: "mag", ucd: "phot.mag;em.opt.V", description: "Johnson V magnitude" },
  {
    name: "bv",
    datatype: "float",
    unit: "mag",
    ucd: "phot.color;em.opt.B;em.opt.V",
    description: "Colour index B-V; empty where the catalogue has none",
  },
  {
    name: "separation",
    datatype: "double",
    unit: "arcsec",
    ucd: "pos.angDistance",
    description: "Angle between the input position and the star",
  },
];

/**
 * The columns of the result: row number, the input's own, the star's. Our names stay as documented; an input column that
 * has one of them, or the name of its neighbour, is renamed (`ra`, `ra_2`; `hip` becomes `hip_2`). Case does not tell names apart,
 * for it does not in TOPCAT or ADQL.
 */
export function resultColumns(table: Pick<Table, "columns" | "raColumn" | "decColumn">): ResultColumn[] {
  const names = new Set([...BEFORE, ...AFTER].map((column) => column.name));
  const input = table.columns.map((column, index): Column & Pick<ResultColumn, "frame"> => ({
    ...column,
    name: unique(column.name.replace(/\s+/g, " ").trim() || `column${index + 1}`, names),
    // One position is the main one: the star's, which is always in degrees.
    ...(column.ucd === undefined ? {} : { ucd: column.ucd.replace(/;meta\.main$/i, "").replace(/_MAIN$/, "") }),
    ...(index === table.raColumn || index === table.decColumn ? { frame: "input" as const } : {}),
  }));
  const ids = new Set<string>(Object.values(SYSTEM_IDS));
  return [...BEFORE, ...input, ...AFTER].map((column) => ({ ...column, id: unique(xmlName(column.name), ids) }));
}

/** The cells of match number `index`, in the order of `resultColumns`. No value is the empty string. */
export function resultRow(table: Table, catalogue: StarCatalogue, matches: Matches, index: number): string[] {
  const row = at(matches.row, index);
  const star = at(matches.star, index);
  const bv = at(catalogue.bv, star);
  return [
    String(at(table.inputRow, row)),
    ...table.rows.at(row),
    String(at(catalogue.hip, star)),
    // As many decimals as the catalogue has.
    at(catalogue.ra, star).toFixed(4),
    at(catalogue.dec, star).toFixed(4),
    at(catalogue.vmag, star).toFixed(2),
    Number.isNaN(bv) ? "" : bv.toFixed(3),
    (at(matches.separation, index) * 3600).toFixed(4),
  ];
}

/** Adds to `taken`, whose members are lower case, the name or the first of name_2, name_3, … that is free. */
function unique(name: string, taken: Set<string>): string {
  let candidate = name;
  for (let number = 2; taken.has(candidate.toLowerCase()); number++) candidate = `${name}_${number}`;
  taken.add(candidate.toLowerCase());
  return candidate;
}

function xmlName(name: string): string {
  const safe = name.replace(/[^A-Za-z0-9_.-]/g, "_");
  return /^[A-Za-z_]/.test(safe) ? safe : `_${safe}`;
}
