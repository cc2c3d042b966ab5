import { type Column, TableError } from "./table.ts";

export interface PositionColumns {
  readonly ra: number;
  readonly dec: number;
  /** Degrees per unit of a plain number in the column. */
  readonly raScale: number;
  readonly decScale: number;
}

/**
 * Pairs of names in the order in which they are believed: VizieR puts computed degrees in _RAJ2000 beside sexagesimal RAJ2000.
 * lon and lat are not here, for they may be galactic; the parameters RA and DEC can name them.
 */
const NAME_PAIRS = [
  ["_raj2000", "_dej2000"],
  ["_ra", "_de"],
  ["_ra.icrs", "_de.icrs"],
  ["_ra_icrs", "_de_icrs"],
  ["ra", "dec"],
  ["ra", "de"],
  ["ra_deg", "dec_deg"],
  ["radeg", "decdeg"],
  ["radeg", "dedeg"],
  ["raj2000", "dej2000"],
  ["raj2000", "decj2000"],
  ["ra_j2000", "dec_j2000"],
  ["ra2000", "dec2000"],
  ["ra2000", "de2000"],
  ["ra_icrs", "de_icrs"],
  ["ra_icrs", "dec_icrs"],
  ["raicrs", "deicrs"],
  ["s_ra", "s_dec"],
  ["ramean", "decmean"],
  ["right_ascension", "declination"],
  ["rightascension", "declination"],
  ["alpha_j2000", "delta_j2000"],
  ["alpha", "delta"],
] as const;

/** Finds the two position columns: those that the parameters RA and DEC name, else by UCD, else by name. */
export function findPositionColumns(
  columns: readonly Column[],
  wanted: { readonly ra?: string; readonly dec?: string } = {},
): PositionColumns {
  const guess = byUcd(columns) ?? byName(columns);
  const ra = wanted.ra === undefined ? guess?.ra : named(columns, wanted.ra, "RA");
  const dec = wanted.dec === undefined ? guess?.dec : named(columns, wanted.dec, "DEC");
  if (ra === undefined || dec === undefined) {
    const missing =
      ra === undefined && dec === undefined
        ? "position columns were"
        : ra === undefined
          ? "right ascension column was"
          : "declination column was";
    throw new TableError(
      `No ${missing} found. The table has these columns: ${listNames(columns)}. Name them ra and dec, or give the parameters RA and DEC.`,
    );
  }
  if (ra === dec)
    throw new TableError(`Right ascension and declination cannot both be the column "${columns[ra]?.name}".`);
  return { ra, dec, raScale: scaleOf(columns[ra]), decScale: scaleOf(columns[dec]) };
}

function byUcd(columns: readonly Column[]): { ra: number; dec: number } | undefined {
  // UCD1+ of today, and UCD1 of VOTable 1.0; without meta.main only if it is the only one of its kind.
  for (const [raUcd, decUcd] of [
    ["pos.eq.ra;meta.main", "pos.eq.dec;meta.main"],
    ["pos_eq_ra_main", "pos_eq_dec_main"],
  ]) {
    const ra = columns.findIndex((column) => column.ucd?.toLowerCase() === raUcd);
    const dec = columns.findIndex((column) => column.ucd?.toLowerCase() === decUcd);
    if (ra >= 0 && dec >= 0) return { ra, dec };
  }
  const ras = indexes(columns, "pos.eq.ra");
  const decs = indexes(columns, "pos.eq.dec");
  const [ra, dec] = [ras[0], decs[0]];
  return ras.length === 1 && decs.length === 1 && ra !== undefined && dec !== undefined ? { ra, dec } : undefined;
}

function indexes(columns: readonly Column[], ucd: string): number[] {
  return columns.flatMap((column, index) => (column.ucd?.toLowerCase() === ucd ? [index] : []));
}

function byName(columns: readonly Column[]): { ra: number; dec: number } | undefined {
  const names = columns.map((column) => simpleName(column.name));
  for (const [raName, decName] of NAME_PAIRS) {
    const [ra, dec] = [names.indexOf(raName), names.indexOf(decName)];
    if (ra >= 0 && dec >= 0) return { ra, dec };
  }
  // One of the two alone is still worth naming in the message of what is missing.
  return undefined;
}

/** "RA (deg)", "ra [deg]" and "Right Ascension" as the list above spells them. */
function simpleName(name: string): string {
  return name
    .toLowerCase()
    .replace(/[([].*$/, "")
    .trim()
    .replace(/[\s-]+/g, "_");
}

function named(columns: readonly Column[], name: string, parameter: string): number {
  const exact = columns.findIndex((column) => column.name === name);
  if (exact >= 0) return exact;
  const relaxed = columns.findIndex((column) => column.name.toLowerCase() === name.trim().toLowerCase());
  if (relaxed >= 0) return relaxed;
  throw new TableError(
    `The parameter ${parameter} names the column "${name}". The table has these columns: ${listNames(columns)}.`,
  );
}

function listNames(columns: readonly Column[]): string {
  const shown = columns.slice(0, 50).map((column) => column.name.slice(0, 60));
  return columns.length > 50 ? `${shown.join(", ")} and ${columns.length - 50} more` : shown.join(", ");
}

/** Quoted units such as VizieR's "h:m:s" (quotes included) say how a text is written: such values are read as sexagesimal. */
function scaleOf(column: Column | undefined): number {
  const unit = (column?.unit ?? "").trim().toLowerCase();
  if (unit === "" || unit.startsWith('"') || /^(deg|degrees?|°)$/.test(unit)) return 1;
  if (/^(h|hr|hours?|hourangle)$/.test(unit)) return 15;
  if (/^(rad|radians?)$/.test(unit)) return 180 / Math.PI;
  throw new TableError(
    `The column "${column?.name}" is in the unit "${column?.unit}". Positions may be in deg, h or rad.`,
  );
}
