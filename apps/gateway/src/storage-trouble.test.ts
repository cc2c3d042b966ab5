import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, type ServiceError, status } from "@grpc/grpc-js";
import type { BlobStore } from "@uws/blobs";
import { WorkerService } from "@uws/protocol";
import { bareWorker } from "./bare-worker.ts";
import { type House, openTestHouse } from "./testing.ts";

let house: House;
beforeAll(async () => {
  house = await openTestHouse({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await house.close());

const full = async () => {
  throw Object.assign(new Error("ENOSPC: no space left on device, write"), { code: "ENOSPC" });
};

/** What an attempt's call is answered, with a blob store that can do nothing. */
async function answerTo(
  call: (client: InstanceType<typeof WorkerService>, attemptToken: string, tell: (code: status) => void) => void,
): Promise<status> {
  const blobs: BlobStore = {
    put: full,
    get: full,
    list: () => ({ [Symbol.asyncIterator]: () => ({ next: full }) }),
    delete: full,
  };
  const gateway = await house.gateway({}, { blobs });
  const type = `type-${crypto.randomUUID()}`;
  const worker = bareWorker(gateway.address, { jobTypes: [type] });
  await worker.take("welcome");
  worker.send({ credit: { totalSlots: 1 } });
  const upload = { key: "k", mediaType: "text/plain", filename: "f", size: 1 };
  await house.submit(type, { parameters: [{ name: "table", upload }] });
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  const client = new WorkerService(gateway.address, credentials.createInsecure());
  try {
    return await new Promise((resolve) => call(client, attemptToken, resolve));
  } finally {
    client.close();
    worker.stream.cancel();
  }
}

test("a result that cannot be stored now is no failure of its job: the worker is told to come again", async () => {
  const code = await answerTo((client, attemptToken, tell) => {
    const call = client.uploadResult((error: ServiceError | null) => tell(error?.code ?? status.OK));
    call.on("error", () => {});
    call.write({ header: { attemptToken, id: "r", mediaType: "text/plain" } });
    call.write({ data: Buffer.from("bytes") });
    call.write({ end: {} });
    call.end();
  });
  expect(code).toBe(status.UNAVAILABLE);
  expect(house.logged.join("")).toContain("ENOSPC");
});

test("neither is a parameter that cannot be read now", async () => {
  const code = await answerTo((client, attemptToken, tell) => {
    const call = client.downloadParameter({ attemptToken, name: "table" });
    call.on("data", () => {});
    call.on("error", () => {});
    call.on("status", ({ code }) => tell(code));
  });
  expect(code).toBe(status.UNAVAILABLE);
});
