import { votable } from "./votable.ts";
import { element, textElement } from "./xml.ts";

/** An error as clients of TAP and other DALI services read it (DALI 1.1, section 5.4: QUERY_STATUS). */
export function errorVotable(text: string): string {
  const status = textElement("INFO", text, { name: "QUERY_STATUS", value: "ERROR" });
  return votable([element("RESOURCE", { type: "results" }, `\n${status}\n`)]);
}
