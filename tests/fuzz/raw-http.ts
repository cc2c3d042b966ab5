import { connect } from "node:net";
import type { Answer } from "./answers.ts";
import { patience } from "./fuzz.ts";

/** What came back over a connection of which we wrote every byte. */
export interface RawAnswers {
  readonly answers: readonly Answer[];
  /** Bytes that are no whole answer: there must be none unless a connection broke. */
  readonly rest: Uint8Array;
}

/**
 * Writes bytes to the server and reads what comes back, until there are so many answers or the server closes.
 * @param chunks each written when the one before is on its way
 * @param expected answers after which we close
 * @param leave after the last byte: "wait" for the answers; "cut" the connection at once; "end" our half of it and wait
 * @param methods of the requests: HEAD has no body whatever its headers say
 * @throws Error when the server neither answers nor closes
 */
export async function exchangeRaw(
  url: string,
  chunks: readonly (string | Uint8Array)[],
  {
    expected = 1,
    leave = "wait",
    methods = [],
  }: { readonly expected?: number; readonly leave?: "wait" | "cut" | "end"; readonly methods?: readonly string[] } = {},
): Promise<RawAnswers> {
  const { hostname, port } = new URL(url);
  const socket = connect({ host: hostname, port: Number(port), noDelay: true });
  const received: Uint8Array[] = [];
  const over = Promise.withResolvers<void>();
  const timer = setTimeout(() => over.reject(new Error(`no answer within ${patience} ms`)), patience);
  let read: RawAnswers = { answers: [], rest: new Uint8Array() };
  socket.on("data", (data: Buffer) => {
    received.push(data);
    read = parse(Buffer.concat(received), methods, false);
    if (read.answers.length >= expected) over.resolve();
  });
  socket.on("close", () => over.resolve());
  // The server may close on what it does not like while we still write.
  socket.on("error", () => over.resolve());
  try {
    await Promise.race([new Promise<void>((resolve) => socket.once("connect", resolve)), over.promise]);
    for (const chunk of chunks) {
      if (socket.destroyed) break;
      await Promise.race([new Promise<void>((resolve) => socket.write(chunk, () => resolve())), over.promise]);
    }
    if (leave === "end") socket.end();
    if (leave !== "cut") await over.promise;
  } finally {
    clearTimeout(timer);
    socket.destroy();
  }
  return parse(Buffer.concat(received), methods, true);
}

/** Reads answers of HTTP/1.1 (RFC 9112). */
function parse(bytes: Buffer, methods: readonly string[], closed: boolean): RawAnswers {
  const answers: Answer[] = [];
  let at = 0;
  for (;;) {
    const end = bytes.indexOf("\r\n\r\n", at);
    if (end === -1) break;
    const [statusLine = "", ...lines] = bytes.toString("latin1", at, end).split("\r\n");
    const [, code] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(statusLine) ?? [];
    if (code === undefined) throw new Error(`not an answer of HTTP: ${statusLine}`);
    const headers = new Headers();
    for (const line of lines) {
      const colon = line.indexOf(":");
      if (colon < 1) throw new Error(`not a header: ${JSON.stringify(line)}`);
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    }
    const status = Number(code);
    const body = bodyAt(bytes, end + 4, status, headers, methods[answers.length] === "HEAD", closed);
    if (body === undefined) break;
    at = body.end;
    if (status >= 200) answers.push({ status, headers, body: body.content });
  }
  return { answers, rest: bytes.subarray(at) };
}

function bodyAt(
  bytes: Buffer,
  start: number,
  status: number,
  headers: Headers,
  isHead: boolean,
  closed: boolean,
): { content: Uint8Array; end: number } | undefined {
  if (isHead || status < 200 || status === 204 || status === 304) return { content: new Uint8Array(), end: start };
  if (headers.get("transfer-encoding")?.toLowerCase() === "chunked") return chunkedAt(bytes, start);
  const length = headers.get("content-length");
  if (length === null) return closed ? { content: bytes.subarray(start), end: bytes.length } : undefined;
  const end = start + Number(length);
  return end <= bytes.length ? { content: bytes.subarray(start, end), end } : undefined;
}

function chunkedAt(bytes: Buffer, start: number): { content: Uint8Array; end: number } | undefined {
  const chunks: Uint8Array[] = [];
  for (let at = start; ; ) {
    const line = bytes.indexOf("\r\n", at);
    if (line === -1) return undefined;
    const size = Number.parseInt(bytes.toString("latin1", at, line), 16);
    const next = line + 2 + size + 2;
    if (next > bytes.length) return undefined;
    if (size === 0) return { content: Buffer.concat(chunks), end: next };
    chunks.push(bytes.subarray(line + 2, line + 2 + size));
    at = next;
  }
}

/** Bytes cut at some places. */
export function cutAt(bytes: Uint8Array, places: readonly number[]): Uint8Array[] {
  const sorted = [...new Set(places.map((place) => place % (bytes.length + 1)))].sort((a, b) => a - b);
  return [...sorted, bytes.length].map((place, index) => bytes.subarray(sorted[index - 1] ?? 0, place));
}
