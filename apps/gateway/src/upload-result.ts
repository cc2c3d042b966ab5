import type { ServerReadableStream, sendUnaryData } from "@grpc/grpc-js";
import { checkResult, limits, UwsError } from "@uws/core";
import type { ResultChunk__Output, StoredResult, WorkerServiceHandlers } from "@uws/protocol";
import type { Store } from "@uws/store";
import type { Logger } from "pino";
import type { AttemptWriter } from "./attempt-writer.ts";
import type { Authentication } from "./authentication.ts";
import { authorize } from "./authorize-attempt.ts";
import { attemptCallError } from "./grpc-error.ts";
import type { ResultStore } from "./result-store.ts";

/** Stores the bytes of one result: header, data, end with checksum. Visible when whole, and not before. */
export function uploadResultHandler(
  authentication: Authentication,
  store: Store,
  writer: AttemptWriter,
  results: ResultStore,
  log: Logger,
): WorkerServiceHandlers["UploadResult"] {
  return (call, callback) => {
    upload(authentication, store, writer, results, call).then(
      (stored) => callback(null, stored),
      (error: unknown) => refuse(call, callback, error, log),
    );
  };
}

async function upload(
  authentication: Authentication,
  store: Store,
  writer: AttemptWriter,
  results: ResultStore,
  call: ServerReadableStream<ResultChunk__Output, StoredResult>,
): Promise<StoredResult> {
  const chunks = call[Symbol.asyncIterator]() as AsyncIterator<ResultChunk__Output>;
  const first = await chunks.next();
  const header = first.done === true ? undefined : first.value.header;
  if (!header) throw new UwsError("invalid", "An upload begins with its header.");
  const checked = checkResult(header.id, header.mediaType);
  if (header.size > limits.resultBytes) {
    throw new UwsError("too_large", `A result has at most ${limits.resultBytes} bytes.`);
  }
  const { ref } = await authorize(store, writer, authentication.bearerOf(call), header.attemptToken);
  const data = new UploadedData(chunks);
  const stored = await results.store(ref, checked, data, 0);
  return { id: checked.id, size: stored.size, sha256: Buffer.from(stored.sha256, "hex") };
}

/** The bytes between header and end. Iterating fails unless the end comes, with the checksum of what came before. */
class UploadedData implements AsyncIterable<Uint8Array> {
  readonly #chunks: AsyncIterator<ResultChunk__Output>;

  constructor(chunks: AsyncIterator<ResultChunk__Output>) {
    this.#chunks = chunks;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    const hash = new Bun.CryptoHasher("sha256");
    for (;;) {
      const { done, value } = await this.#chunks.next();
      if (done === true) throw new UwsError("invalid", "The upload broke off before its end.");
      if (value.data && value.chunk === "data") {
        hash.update(value.data);
        yield value.data;
      } else if (value.end) {
        const digest = hash.digest();
        if (value.end.sha256.length > 0 && !digest.equals(value.end.sha256)) {
          throw new UwsError("invalid", "The checksum of the upload is wrong: bytes were damaged on the way.");
        }
        return;
      }
    }
  }
}

function refuse(
  call: ServerReadableStream<ResultChunk__Output, StoredResult>,
  callback: sendUnaryData<StoredResult>,
  error: unknown,
  log: Logger,
): void {
  if (call.cancelled) return;
  if (!(error instanceof UwsError)) log.error({ err: error }, "a result could not be stored");
  callback(attemptCallError(error));
  // What still comes is read and thrown away, so that the worker sees the answer.
  call.resume();
}
