import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, status } from "@grpc/grpc-js";
import { newBlobKey } from "@uws/blobs";
import { WorkerService } from "@uws/protocol";
import { newJobId } from "@uws/store";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* How a worker reads the files that clients upload. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

const bytes = Buffer.alloc(200_000, "name,ra,dec\n");

async function uploaded() {
  const source = (async function* () {
    yield bytes;
  })();
  const { key, size } = await setting.house.blobs.put(newBlobKey(newJobId()), source, bytes.length);
  return { name: "TABLE", upload: { key, mediaType: "text/csv", filename: "a.csv", size } };
}

async function download(attemptToken: string, name: string, offset = 0): Promise<Buffer | status> {
  const client = new WorkerService(setting.gateway.address, credentials.createInsecure());
  const call = client.downloadParameter({ attemptToken, name, offset });
  const chunks: Buffer[] = [];
  const ended = Promise.withResolvers<status>();
  call.on("data", ({ data }: { data: Buffer }) => chunks.push(data));
  call.on("error", () => {});
  call.on("status", ({ code }) => ended.resolve(code));
  const code = await ended.promise.finally(() => client.close());
  return code === status.OK ? Buffer.concat(chunks) : code;
}

test("an uploaded parameter is read, whole and from an offset on", async () => {
  const type = setting.newType();
  const worker = await setting.connect(type, 1);
  await setting.house.submit(type, { parameters: [await uploaded()] });
  const { attemptToken } = await worker.take("assign");
  worker.send({ accept: { attemptToken } });
  expect(await download(attemptToken, "TABLE")).toEqual(bytes);
  // Names are matched without regard to case.
  expect(await download(attemptToken, "table", 150_000)).toEqual(bytes.subarray(150_000));
  expect(await download(attemptToken, "TABLE", 10_000_000)).toEqual(Buffer.alloc(0));
  expect(await download(attemptToken, "OTHER")).toBe(status.NOT_FOUND);
  worker.send({ complete: { attemptToken } });
  await worker.take("ended");
  expect(await download(attemptToken, "TABLE")).toBe(status.FAILED_PRECONDITION);
});
