import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import type { ResultData } from "./job.ts";
import type { UploadSource } from "./upload-result.ts";

type Reference = Extract<ResultData, { readonly reference: string }>;
type StoredData = Exclude<ResultData, Reference>;

/** How a result travels: inside an event when it is small, else as an upload. */
export type ResultSource = { readonly inline: Uint8Array } | { readonly upload: UploadSource };

export function isReference(data: ResultData): data is Reference {
  return typeof data === "object" && "reference" in data;
}

/** Looks at the data just far enough to know whether it is small. */
export async function resultSource(data: StoredData, maxInlineBytes: number): Promise<ResultSource> {
  if (typeof data === "string") return ofBytes(Buffer.from(data), maxInlineBytes);
  if (data instanceof Uint8Array) return ofBytes(data, maxInlineBytes);
  if (typeof data === "object" && "path" in data) {
    const { size } = await stat(data.path);
    return { upload: { open: () => createReadStream(data.path), repeatable: true, size } };
  }
  const repeatable = typeof data === "function";
  const { head, rest } = await readHead(repeatable ? data() : data, maxInlineBytes);
  if (rest === undefined) return { inline: head };
  // The first try goes on where the look stopped; a later one, if there may be one, begins anew.
  let first = true;
  const open = () => {
    if (!first && repeatable) return asBytes(data());
    first = false;
    return joined(head, rest);
  };
  return { upload: { open, repeatable, size: undefined } };
}

function ofBytes(bytes: Uint8Array, maxInlineBytes: number): ResultSource {
  if (bytes.length <= maxInlineBytes) return { inline: bytes };
  const open = async function* () {
    yield bytes;
  };
  return { upload: { open, repeatable: true, size: bytes.length } };
}

async function readHead(
  data: AsyncIterable<string | Uint8Array>,
  maxBytes: number,
): Promise<{ head: Buffer; rest: AsyncIterator<string | Uint8Array> | undefined }> {
  const rest = data[Symbol.asyncIterator]();
  const pieces: Uint8Array[] = [];
  let size = 0;
  while (size <= maxBytes) {
    const next = await rest.next();
    if (next.done) return { head: Buffer.concat(pieces), rest: undefined };
    const bytes = toBytes(next.value);
    pieces.push(bytes);
    size += bytes.length;
  }
  return { head: Buffer.concat(pieces), rest };
}

async function* joined(head: Uint8Array, rest: AsyncIterator<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield head;
    for (let next = await rest.next(); !next.done; next = await rest.next()) yield toBytes(next.value);
  } finally {
    await rest.return?.();
  }
}

async function* asBytes(data: AsyncIterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const piece of data) yield toBytes(piece);
}

function toBytes(piece: string | Uint8Array): Uint8Array {
  return typeof piece === "string" ? Buffer.from(piece) : piece;
}
