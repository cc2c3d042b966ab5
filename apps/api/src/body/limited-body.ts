import { UwsError } from "@uws/core";

/**
 * The body of a request, chunk by chunk, refused as soon as it is known to be too long: by its Content-Length before a
 * byte is read.
 * @param maxBytes allowed
 * @throws UwsError "too_large"; "invalid" when the client broke off
 */
export async function* limitedBody(request: Request, maxBytes: number): AsyncGenerator<Uint8Array, void, void> {
  const length = contentLength(request);
  if (length !== undefined && length > maxBytes) throw tooLarge(maxBytes);
  if (request.body === null) return;
  let size = 0;
  const reader = request.body.getReader();
  try {
    for (let read = await reader.read(); !read.done; read = await reader.read()) {
      size += read.value.length;
      if (size > maxBytes) throw tooLarge(maxBytes);
      yield read.value;
    }
  } finally {
    // Not cancelled: what is left is dealt with where the request is answered (leftover.ts).
    reader.releaseLock();
  }
  // A form that was cut off may look whole.
  if (request.signal.aborted || (length !== undefined && size !== length)) {
    throw new UwsError("invalid", "The body of the request was broken off.");
  }
}

/** @returns undefined where the client did not say, or has said nothing sensible */
export function contentLength(request: Request): number | undefined {
  const text = request.headers.get("content-length");
  return text !== null && /^\d+$/.test(text) ? Number(text) : undefined;
}

/** The whole body as text, which must be UTF-8. */
export async function readText(request: Request, maxBytes: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of limitedBody(request, maxBytes)) chunks.push(chunk);
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.concat(chunks));
  } catch (cause) {
    throw new UwsError("invalid", "The body of the request is not UTF-8.", { cause });
  }
}

function tooLarge(maxBytes: number): UwsError {
  return new UwsError("too_large", `The body of the request is too large; at most ${maxBytes} bytes are allowed.`);
}
