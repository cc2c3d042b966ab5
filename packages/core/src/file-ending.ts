/** Endings by which programs know what a file is. */
const endings: Readonly<Record<string, string>> = {
  "application/x-votable+xml": "vot",
  "application/fits": "fits",
  "image/fits": "fits",
  "text/csv": "csv",
  "text/tab-separated-values": "tsv",
  "text/plain": "txt",
  "text/html": "html",
  "application/json": "json",
  "text/xml": "xml",
  "application/xml": "xml",
  "image/svg+xml": "svg",
  "image/png": "png",
  "image/jpeg": "jpg",
  "application/pdf": "pdf",
  "application/zip": "zip",
  "application/gzip": "gz",
};

/** The ending of a file of this media type, without its dot and whatever its parameters; undefined where there is no usual one. */
export function fileEnding(mediaType: string): string | undefined {
  return endings[(mediaType.split(";")[0] ?? "").trim().toLowerCase()];
}
