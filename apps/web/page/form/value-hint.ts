import type { Bound, ParameterDescription } from "@uws/client";
import { formatSize } from "../common/format.ts";

/** How the values of DALI's xtypes are written, with an example each. */
const xtypeForms: Readonly<Record<string, string>> = {
  interval: "two numbers, the lower one first: 12.5 13 (or -Inf, +Inf)",
  multiinterval: "pairs of numbers, the lower one first: 1 2 5 8",
  point: "longitude and latitude in degrees: 83.63 22.01",
  circle: "longitude, latitude and radius in degrees: 83.63 22.01 0.1",
  range: "longitudes from and to, latitudes from and to, in degrees: 83 84 21 23",
  polygon: "longitude and latitude of three vertices or more: 10 20 11 20 11 21",
  shape: "circle, range or polygon with its numbers: circle 83.63 22.01 0.1",
  timestamp: "a time in UTC: 2026-01-31T12:34:56",
  hms: "hours, minutes, seconds: 05:34:31.9",
  dms: "degrees, minutes, seconds: +22:00:52.2",
};

/** What a value may be, in one line: type, bounds, form, default. */
export function valueHint(parameter: ParameterDescription): string {
  const { type, minimum, maximum, options, xtype, upload, multiple } = parameter;
  const form = xtype === undefined ? undefined : xtypeForms[xtype];
  const parts = [
    form ?? (options.length > 0 ? undefined : typeName(type)),
    bound("≥", ">", minimum),
    bound("≤", "<", maximum),
    upload === undefined ? undefined : fileHint(upload),
    multiple ? "may be given several times" : undefined,
    parameter.default === undefined || options.length > 0 ? undefined : `default ${shortened(parameter.default)}`,
  ];
  return parts.filter((part) => part !== undefined).join(", ");
}

function typeName(type: string | undefined): string | undefined {
  const names: Readonly<Record<string, string>> = { integer: "a whole number", number: "a number", object: "JSON" };
  return type === undefined ? undefined : names[type];
}

function bound(inclusive: string, exclusive: string, limit: Bound | undefined): string | undefined {
  return limit === undefined ? undefined : `${limit.inclusive ? inclusive : exclusive} ${limit.value}`;
}

/** Media types that are named. */
const typesNamed = 4;

function fileHint({ maxBytes, mediaTypes }: NonNullable<ParameterDescription["upload"]>): string {
  // "Just bytes" tells nobody anything.
  const named = mediaTypes.filter((type) => type !== "application/octet-stream");
  const types = `${named.slice(0, typesNamed).join(", ")}${named.length > typesNamed ? ", …" : ""}`;
  const size = maxBytes === undefined ? "" : ` of at most ${formatSize(maxBytes)}`;
  return `a file${types === "" ? "" : ` (${types})`}${size}`;
}

function shortened(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40).toWellFormed()}…` : text;
}
