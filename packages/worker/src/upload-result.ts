import { createHash } from "node:crypto";
import { status } from "@grpc/grpc-js";
import type { ResultChunk, StoredResult__Output } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import { mayPass } from "./grpc-status.ts";
import { JobFailure } from "./job-failure.ts";
import { Retry } from "./retry.ts";
import { withResolvers } from "./with-resolvers.ts";

/** What an upload reads: opened again for each try. */
export interface UploadSource {
  open(): AsyncIterable<Uint8Array>;
  /** False if the bytes can be read once only. */
  readonly repeatable: boolean;
  /** Bytes, if known before. */
  readonly size: number | undefined;
}

export interface Upload {
  readonly token: string;
  readonly id: string;
  readonly mediaType: string;
  readonly source: UploadSource;
  readonly maxBytes: number;
  /** Bytes of the largest piece that fits in a message. */
  readonly maxPieceBytes: number;
}

/** Bytes of data in a message, when longer ones are allowed. */
const chunkBytes = 128 * 1024;

/** Stores a result with UploadResult; resolves when the server has all of it, with the same checksum. */
export async function uploadResult(connection: Connection, upload: Upload, signal: AbortSignal): Promise<void> {
  refuseIfLonger(upload, upload.source.size ?? 0);
  const retry = new Retry(signal);
  for (;;) {
    try {
      await uploadOnce(connection, upload, signal);
      return;
    } catch (error) {
      if (!upload.source.repeatable) throw onceOnly(upload.id, error, signal);
      await retry.afterFailure(error);
    }
  }
}

async function uploadOnce(connection: Connection, upload: Upload, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const answer = withResolvers<StoredResult__Output>();
  const call = connection.client.uploadResult(connection.metadata(), (error, stored) => {
    if (error) answer.reject(error);
    else if (stored) answer.resolve(stored);
    else answer.reject(new Error("the server stored the result without saying what"));
  });

  // The answer may come at any time, an error above all: it ends the wait for room in the stream.
  let answered = false;
  let wake = () => {};
  const onAnswer = () => {
    answered = true;
    wake();
  };
  answer.promise.then(onAnswer, onAnswer);
  call.on("drain", () => wake());
  // The callback tells of every failure; a write that follows it is none of its own.
  call.on("error", () => {});

  const write = async (chunk: ResultChunk): Promise<void> => {
    if (!answered && !call.write(chunk) && !answered) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
    if (answered) {
      await answer.promise;
      throw new Error("the server answered before the upload ended");
    }
  };

  const onAbort = () => call.cancel();
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    const { token: attemptToken, id, mediaType, source } = upload;
    await write({ header: { attemptToken, id, mediaType, size: source.size ?? 0 } });
    const pieceBytes = Math.max(1, Math.min(chunkBytes, upload.maxPieceBytes));
    const hash = createHash("sha256");
    let size = 0;
    for await (const bytes of source.open()) {
      size += bytes.length;
      refuseIfLonger(upload, size);
      hash.update(bytes);
      for (let start = 0; start < bytes.length; start += pieceBytes) {
        await write({ data: bytes.subarray(start, start + pieceBytes) });
      }
    }
    const sha256 = hash.digest();
    await write({ end: { sha256 } });
    call.end();
    const stored = await answer.promise;
    if (stored.size !== size || !sha256.equals(stored.sha256)) {
      const message = `the server stored other bytes of result ${id} (${stored.size}) than were sent (${size})`;
      throw Object.assign(new Error(message), { code: status.DATA_LOSS });
    }
  } catch (error) {
    call.cancel();
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener("abort", onAbort);
  }
}

function refuseIfLonger(upload: Upload, size: number): void {
  if (size > upload.maxBytes) {
    throw new JobFailure(`result ${upload.id} is longer than the ${upload.maxBytes} bytes that the server takes`);
  }
}

function onceOnly(id: string, error: unknown, signal: AbortSignal): unknown {
  if (signal.aborted || !(error instanceof Error) || !mayPass(error)) return error;
  return new JobFailure(`the upload of result ${id} broke off and its data cannot be read again`, {
    kind: "transient",
    retryable: true,
    detail: error.message,
    cause: error,
  });
}
