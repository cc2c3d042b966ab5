import type { Blob } from "@uws/blobs";
import { allowsRange, isUnchanged, type Validators } from "./conditional.ts";
import { contentDisposition } from "./content-disposition.ts";
import { type ByteRange, parseRange } from "./range.ts";

export interface Served extends Validators {
  readonly blob: Blob;
  readonly mediaType: string;
  readonly filename: string;
}

/**
 * Answers with bytes from storage: whole, a range, or the word that nothing has changed. They come from workers and clients, so
 * that no browser may take them for a page of ours: it neither guesses a type nor runs what is in them.
 */
export function serveBlob({ headers: asked }: Request, served: Served): Response {
  const { blob, etag, lastModified } = served;
  const headers = new Headers({
    etag,
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
    "x-content-type-options": "nosniff",
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:",
  });
  if (lastModified !== undefined) headers.set("last-modified", lastModified.toUTCString());
  if (isUnchanged(asked, served)) return new Response(null, { status: 304, headers });

  const mediaType = safeMediaType(served.mediaType);
  headers.set("content-type", mediaType);
  headers.set("content-disposition", contentDisposition(served.filename, mediaType));
  const range = allowsRange(asked, served) ? parseRange(asked.get("range"), blob.size) : undefined;
  if (range === "unsatisfiable") return unsatisfiable(blob.size);
  return range === undefined ? whole(blob, headers) : part(blob, range, headers);
}

function whole(blob: Blob, headers: Headers): Response {
  headers.set("content-length", String(blob.size));
  return new Response(blob.size === 0 ? null : blob.stream(), { headers });
}

function part(blob: Blob, { start, end }: ByteRange, headers: Headers): Response {
  headers.set("content-length", String(end - start));
  headers.set("content-range", `bytes ${start}-${end - 1}/${blob.size}`);
  return new Response(blob.stream(start, end), { status: 206, headers });
}

function unsatisfiable(size: number): Response {
  return new Response(`The range lies outside of the ${size} bytes that there are.`, {
    status: 416,
    headers: { "content-type": "text/plain; charset=utf-8", "content-range": `bytes */${size}` },
  });
}

/** A media type that may stand in a header; anything else is just bytes. */
function safeMediaType(mediaType: string): string {
  const form = /^[\w!#$&^.+-]+\/[\w!#$&^.+-]+(?:\s*;[\x20-\x7e]*)?$/;
  return form.test(mediaType) ? mediaType : "application/octet-stream";
}
