import { TableError } from "./table.ts";

/** Largest piece handed on at once: what is parsed between two returns to the event loop. */
const PIECE = 64 * 1024;

export interface ByteSource {
  /** The first bytes, up to 64 kB. They come again in `chunks`. */
  readonly head: Uint8Array;
  /** All bytes, in pieces of at most 64 kB; throws a `TableError` once there are more than the limit. */
  readonly chunks: AsyncIterable<Uint8Array>;
}

/** Looks at the beginning of a stream without losing it. */
export async function openByteSource(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes?: (total: number) => void,
): Promise<ByteSource> {
  const iterator = pieces(source, maxBytes, onBytes);
  const first: Uint8Array[] = [];
  let length = 0;
  while (length < PIECE) {
    const next = await iterator.next();
    if (next.done) break;
    first.push(next.value);
    length += next.value.length;
  }
  async function* chunks(): AsyncGenerator<Uint8Array> {
    yield* first;
    yield* iterator;
  }
  return { head: Buffer.concat(first).subarray(0, PIECE), chunks: chunks() };
}

async function* pieces(
  source: AsyncIterable<Uint8Array>,
  maxBytes: number,
  onBytes: ((total: number) => void) | undefined,
): AsyncGenerator<Uint8Array> {
  let total = 0;
  for await (const chunk of source) {
    total += chunk.length;
    if (total > maxBytes)
      throw new TableError(`The table is larger than ${maxBytes} bytes, which is the most this service accepts.`);
    onBytes?.(total);
    for (let start = 0; start < chunk.length; start += PIECE) yield chunk.subarray(start, start + PIECE);
  }
}

/** A text as a stream of bytes, for tables given inline. */
export async function* textBytes(text: string): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < text.length; start += PIECE) {
    // A pair of surrogates must not be cut in two.
    const end = Math.min(start + PIECE, text.length);
    const cut = end < text.length && /[\ud800-\udbff]/.test(text.charAt(end - 1));
    yield new TextEncoder().encode(text.slice(start, cut ? end + 1 : end));
    if (cut) start++;
  }
}
