import { createHash } from "node:crypto";
import { join } from "node:path";
import { credentials, loadPackageDefinition, Metadata, type ServiceError, status } from "@grpc/grpc-js";
import { loadSync } from "@grpc/proto-loader";

// biome-ignore lint/suspicious/noExplicitAny: without generated types a message is whatever worker.proto says
export type Message = any;

const { UWS_GATEWAY, UWS_TOKEN } = process.env;
const proto = join(import.meta.dirname, "../../../../proto/uws/worker/v1/worker.proto");
const loaded: Message = loadPackageDefinition(loadSync(proto, { longs: Number, enums: String, defaults: true }));

/** WorkerService of the gateway. */
export const gateway = new loaded.uws.worker.v1.WorkerService(UWS_GATEWAY, credentials.createInsecure(), {
  // A server that vanished without a word is noticed, and one that is back is soon found.
  "grpc.keepalive_time_ms": 10_000,
  "grpc.max_reconnect_backoff_ms": 1_000,
});

/** What every call carries. */
export const metadata = new Metadata({ waitForReady: true });
if (UWS_TOKEN) metadata.set("authorization", `Bearer ${UWS_TOKEN}`);

const passing: readonly status[] = [status.UNAVAILABLE, status.INTERNAL, status.CANCELLED];

/** Stores a result that is too large for an event. Broken off, it begins anew. */
export async function upload(header: Message, data: Uint8Array, signal: AbortSignal): Promise<void> {
  const sha256 = createHash("sha256").update(data).digest();
  await untilThere(signal, async () => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const call = gateway.uploadResult(metadata, (error: Error | null) => (error ? reject(error) : resolve()));
    call.write({ header: { ...header, size: data.length } });
    for (let at = 0; at < data.length; at += 65_536) call.write({ data: data.subarray(at, at + 65_536) });
    call.write({ end: { sha256 } });
    call.end();
    await promise;
  });
}

/** Reads an uploaded parameter. Broken off, it goes on where it was. */
export async function download(reference: Message, signal: AbortSignal): Promise<Uint8Array> {
  let bytes = Buffer.alloc(0);
  await untilThere(signal, async () => {
    const call = gateway.downloadParameter({ ...reference, offset: bytes.length }, metadata);
    for await (const { data } of call) bytes = Buffer.concat([bytes, data]);
  });
  return bytes;
}

/** Calls again for as long as the call fails because the server is away. */
async function untilThere(signal: AbortSignal, call: () => Promise<void>): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (!passing.includes((error as ServiceError).code)) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}
