/** What the endings of astronomers' files mean, which browsers do not know. The first that a description allows counts. */
const endings: Readonly<Record<string, readonly string[]>> = {
  vot: ["application/x-votable+xml", "application/xml", "text/xml"],
  votable: ["application/x-votable+xml", "application/xml", "text/xml"],
  xml: ["application/x-votable+xml", "application/xml", "text/xml"],
  fits: ["application/fits", "image/fits"],
  fit: ["application/fits", "image/fits"],
  csv: ["text/csv", "text/plain"],
  ecsv: ["text/csv", "text/plain"],
  tsv: ["text/tab-separated-values", "text/plain"],
  txt: ["text/plain"],
  dat: ["text/plain"],
  json: ["application/json"],
  yaml: ["application/yaml"],
};

const bytes = "application/octet-stream";

/**
 * The media type under which a file is sent: one that the description allows, if any fits.
 * @param allowed by the description; empty = any
 */
export function mediaTypeOf(
  { name, type }: { readonly name: string; readonly type: string },
  allowed: readonly string[],
): string {
  const ending = name.toLowerCase().split(".").pop() ?? "";
  const candidates = [...(type === "" ? [] : [type]), ...(endings[ending] ?? []), bytes];
  if (allowed.length === 0) return candidates[0] ?? bytes;
  // What a browser says of a VOTable is right, but says less than its ending.
  const better = (endings[ending] ?? []).find((each) => allowed.includes(each) && each.includes("votable"));
  return better ?? candidates.find((each) => allowed.includes(each)) ?? allowed[0] ?? bytes;
}
