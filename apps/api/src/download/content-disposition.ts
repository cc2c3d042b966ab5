import { fileEnding } from "@uws/core";

/** The name under which a browser saves something (RFC 6266), with an ending if it has none. */
export function contentDisposition(name: string, mediaType: string): string {
  const ending = fileEnding(mediaType);
  const full = ending === undefined || name.includes(".") ? name : `${name}.${ending}`;
  const ascii = full.replace(/[^\x20-\x7e]|["\\%/]/g, "_");
  const encoded = encodeURIComponent(full.toWellFormed()).replace(
    /['()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return ascii === full ? `inline; filename="${ascii}"` : `inline; filename="${ascii}"; filename*=UTF-8''${encoded}`;
}
