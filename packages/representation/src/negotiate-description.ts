import Negotiator from "negotiator";
import { negotiate } from "./negotiate.ts";

/** In the order of our preference, with other names for the same. */
const names = {
  "application/json": "application/json",
  "application/yaml": "application/yaml",
  "application/x-yaml": "application/yaml",
  "text/yaml": "application/yaml",
  "application/x-votable+xml": "application/x-votable+xml",
  "text/xml": "text/xml",
  "application/xml": "application/xml",
} as const;

/** The XML is a VOTable, whatever it is called (DALI 1.1, section 4.4.2). */
export type DescriptionMediaType = (typeof names)[keyof typeof names];

/**
 * Chooses how a client gets a job description. JSON is for everyone who does not clearly want something else, browsers
 * included, never 406.
 */
export function negotiateDescription(accept: string | undefined): DescriptionMediaType {
  // A browser names application/xml, and cannot show a VOTable any better.
  if (negotiate(accept).kind === "html") return "application/json";
  const known = Object.keys(names) as (keyof typeof names)[];
  const [preferred] = new Negotiator({ headers: { accept: accept ?? "*/*" } }).mediaTypes(known);
  return preferred === undefined ? "application/json" : names[preferred as keyof typeof names];
}
