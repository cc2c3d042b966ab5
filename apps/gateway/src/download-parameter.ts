import { once } from "node:events";
import type { ServerWritableStream } from "@grpc/grpc-js";
import type { BlobStore } from "@uws/blobs";
import { type Parameter, type Upload, UwsError } from "@uws/core";
import type { Chunk, ParameterRef__Output, WorkerServiceHandlers } from "@uws/protocol";
import type { Store } from "@uws/store";
import type { Logger } from "pino";
import type { AttemptWriter } from "./attempt-writer.ts";
import type { Authentication } from "./authentication.ts";
import { authorize } from "./authorize-attempt.ts";
import { attemptCallError } from "./grpc-error.ts";

/** Bytes of one chunk at most. */
const chunkBytes = 64 * 1024;

/** Sends the bytes of an uploaded parameter to the worker that holds the job. */
export function downloadParameterHandler(
  authentication: Authentication,
  store: Store,
  writer: AttemptWriter,
  blobs: BlobStore,
  log: Logger,
): WorkerServiceHandlers["DownloadParameter"] {
  return (call) => {
    download(authentication, store, writer, blobs, call).then(
      () => call.end(),
      (error: unknown) => {
        if (call.cancelled) return;
        if (!(error instanceof UwsError)) log.error({ err: error }, "a parameter could not be sent");
        call.emit("error", attemptCallError(error));
      },
    );
  };
}

async function download(
  authentication: Authentication,
  store: Store,
  writer: AttemptWriter,
  blobs: BlobStore,
  call: ServerWritableStream<ParameterRef__Output, Chunk>,
): Promise<void> {
  const { attemptToken, name, offset } = call.request;
  const { parameters } = await authorize(store, writer, authentication.bearerOf(call), attemptToken);
  const upload = findUpload(parameters, name);
  const blob = await blobs.get(upload.key);
  if (blob === undefined) throw new UwsError("not_found", `The bytes of parameter ${name} are gone.`);
  for await (const bytes of blob.stream(Math.min(offset, blob.size))) {
    for (let start = 0; start < bytes.length; start += chunkBytes) {
      if (call.cancelled) return;
      const room = call.write({ data: Buffer.from(bytes.subarray(start, start + chunkBytes)) });
      // A worker that reads slowly is not buffered for; one that left ends the wait.
      if (!room) await Promise.race([once(call, "drain"), once(call, "cancelled")]);
    }
  }
}

function findUpload(parameters: readonly Parameter[], name: string): Upload {
  for (const parameter of parameters) {
    if ("upload" in parameter && parameter.name.toLowerCase() === name.toLowerCase()) return parameter.upload;
  }
  throw new UwsError("not_found", `The job has no uploaded parameter ${JSON.stringify(name.slice(0, 200))}.`);
}
