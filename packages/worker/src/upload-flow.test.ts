import { expect, test } from "bun:test";
import { createHash } from "node:crypto";
import { EventEmitter } from "node:events";
import type { ResultChunk } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import { uploadResult } from "./upload-result.ts";

type Answer = (error: Error | null, stored: { size: number; sha256: Buffer }) => void;

/** A call whose stream is full after each chunk, and has room a moment later. */
class NarrowCall extends EventEmitter {
  /** Chunks that were written while there was no room. */
  pushed = 0;
  #full = false;
  #size = 0;
  readonly #hash = createHash("sha256");
  readonly #answer: Answer;

  constructor(answer: Answer) {
    super();
    this.#answer = answer;
  }

  write({ data }: ResultChunk): boolean {
    if (this.#full) this.pushed += 1;
    if (data) {
      this.#size += data.length;
      this.#hash.update(data as Uint8Array);
    }
    this.#full = true;
    setImmediate(() => {
      this.#full = false;
      this.emit("drain");
    });
    return false;
  }

  end(): void {
    this.#answer(null, { size: this.#size, sha256: this.#hash.digest() });
  }

  cancel(): void {}
}

test("a result is read no faster than the server takes it", async () => {
  const calls: NarrowCall[] = [];
  const client = {
    uploadResult(_: unknown, answer: Answer) {
      const call = new NarrowCall(answer);
      calls.push(call);
      return call;
    },
  };
  const connection = { client, metadata: () => undefined } as unknown as Connection;
  async function* open() {
    for (let piece = 0; piece < 20; piece += 1) yield new Uint8Array(100_000).fill(piece);
  }
  const upload = {
    token: "t",
    id: "big",
    mediaType: "a/b",
    source: { open, repeatable: true, size: undefined },
    maxBytes: 10_000_000,
    maxPieceBytes: 128 * 1024,
  };
  await uploadResult(connection, upload, new AbortController().signal);
  expect(calls.map(({ pushed }) => pushed)).toEqual([0]);
});
