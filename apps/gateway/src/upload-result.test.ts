import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, status } from "@grpc/grpc-js";
import { limits } from "@uws/core";
import { type ResultChunk, type StoredResult__Output, WorkerService } from "@uws/protocol";
import { abortJob } from "@uws/store";
import { until } from "@uws/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* Results that are too large for the control stream. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

const bytes = Buffer.alloc(300_000, "0123456789abcdef\n");
const sha256 = Buffer.from(new Bun.CryptoHasher("sha256").update(bytes).digest());

/** An upload that the test writes itself. */
function upload() {
  const client = new WorkerService(setting.gateway.address, credentials.createInsecure());
  const answer = Promise.withResolvers<StoredResult__Output | status>();
  const call = client.uploadResult((error, stored) => {
    answer.resolve(error?.code ?? stored ?? status.UNKNOWN);
    client.close();
  });
  call.on("error", () => {});
  return {
    call,
    write(...chunks: ResultChunk[]) {
      for (const chunk of chunks) call.write(chunk);
    },
    answer: answer.promise,
  };
}

const resultsOf = async (id: string) => (await setting.job(id))?.results ?? [];
const header = (attemptToken: string) => ({ header: { attemptToken, id: "big", mediaType: "text/plain" } });
const stored = () => setting.house.storedFiles();

test("a result is visible when its upload is whole, and not before", async () => {
  const { id, attemptToken } = await setting.hold();
  const { call, write, answer } = upload();
  write(header(attemptToken), { data: bytes.subarray(0, 200_000) });
  await until(async () => (await stored()).some((file) => file.includes(id)), "the bytes that came");
  expect(await resultsOf(id)).toEqual([]);
  write({ data: bytes.subarray(200_000) }, { end: { sha256 } });
  call.end();
  expect(await answer).toEqual({ id: "big", size: bytes.length, sha256 });
  expect(await resultsOf(id)).toMatchObject([{ id: "big", size: bytes.length }]);
});

test.each([
  ["breaks off", [{ data: bytes }]],
  ["has another checksum than was sent", [{ data: bytes }, { end: { sha256: Buffer.alloc(32) } }]],
])("nothing is kept of an upload that %s", async (_, chunks) => {
  const { id, attemptToken } = await setting.hold();
  const { call, write, answer } = upload();
  write(header(attemptToken), ...chunks);
  call.end();
  expect(await answer).toBe(status.INVALID_ARGUMENT);
  expect(await resultsOf(id)).toEqual([]);
  expect((await stored()).filter((file) => file.includes(`${id}/`))).toEqual([]);
});

test("an upload for an attempt that is over, or larger than Welcome allows, is refused", async () => {
  const { id, attemptToken } = await setting.hold();
  const large = upload();
  large.write({ header: { attemptToken, id: "big", mediaType: "a/b", size: limits.resultBytes + 1 } });
  expect(await large.answer).toBe(status.RESOURCE_EXHAUSTED);
  await abortJob(setting.house.store, id);
  const late = upload();
  late.write(header(attemptToken), { data: bytes }, { end: { sha256 } });
  late.call.end();
  expect(await late.answer).toBe(status.FAILED_PRECONDITION);
  expect(await resultsOf(id)).toEqual([]);
});
