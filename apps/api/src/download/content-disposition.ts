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

/** The name under which a browser saves something (RFC 6266), with an ending if it has none. */
export function contentDisposition(name: string, mediaType: string): string {
  const ending = endings[(mediaType.split(";")[0] ?? "").trim().toLowerCase()];
  const full = ending === undefined || name.includes(".") ? name : `${name}.${ending}`;
  const ascii = full.replace(/[^\x20-\x7e]|["\\%/]/g, "_");
  const encoded = encodeURIComponent(full.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return ascii === full ? `inline; filename="${ascii}"` : `inline; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
