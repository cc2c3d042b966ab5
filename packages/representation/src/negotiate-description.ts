import { UwsError } from "@uws/core";
import Negotiator from "negotiator";
import { negotiate } from "./negotiate.ts";

/** In the order of our preference, with other names for the same. */
const names = {
  "application/json": "application/json",
  "application/yaml": "application/yaml",
  "application/x-yaml": "application/yaml",
  "text/yaml": "application/yaml",
  "application/x-votable+xml": "application/x-votable+xml",
  "application/x-votable+xml;content=opus": "application/x-votable+xml;content=opus",
  "text/xml": "text/xml",
  "application/xml": "application/xml",
} as const;

/**
 * What RESPONSEFORMAT may be, beside the media types (DALI 1.1, section 3.4.3: matched without regard to case). It wins over
 * Accept.
 */
const shorthands: Readonly<Record<string, DescriptionMediaType>> = {
  json: "application/json",
  yaml: "application/yaml",
  votable: "application/x-votable+xml",
  datalink: "application/x-votable+xml",
  "application/x-votable+xml;content=datalink": "application/x-votable+xml",
  opus: "application/x-votable+xml;content=opus",
};

/** @throws UwsError `invalid` that lists what there is */
function byResponseFormat(asked: string): DescriptionMediaType {
  const key = asked.toLowerCase().replaceAll(" ", "");
  const type = Object.hasOwn(shorthands, key) ? shorthands[key] : names[key as keyof typeof names];
  if (type !== undefined) return type;
  const allowed = [...Object.keys(shorthands), ...Object.keys(names)].join(", ");
  throw new UwsError("invalid", `RESPONSEFORMAT=${JSON.stringify(asked.slice(0, 60))}: must be one of ${allowed}`);
}

/**
 * The XML is a VOTable, whatever it is called (DALI 1.1, section 4.4.2): service descriptors of DataLink, or job definitions as
 * OPUS has them.
 */
export type DescriptionMediaType = (typeof names)[keyof typeof names];

/**
 * Chooses how a client gets a job description. JSON is for everyone who does not clearly want something else, browsers
 * included, never 406.
 * @param responseFormat the parameter RESPONSEFORMAT, which says it outright
 */
export function negotiateDescription(accept: string | undefined, responseFormat?: string): DescriptionMediaType {
  if (responseFormat !== undefined) return byResponseFormat(responseFormat);
  // A browser names application/xml, and cannot show a VOTable any better.
  if (negotiate(accept).kind === "html") return "application/json";
  const known = Object.keys(names) as (keyof typeof names)[];
  const [preferred] = new Negotiator({ headers: { accept: accept ?? "*/*" } }).mediaTypes(known);
  return preferred === undefined ? "application/json" : names[preferred as keyof typeof names];
}
