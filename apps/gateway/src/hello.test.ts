import { afterAll, beforeAll, expect, test } from "bun:test";
import { credentials, status } from "@grpc/grpc-js";
import { limits } from "@uws/core";
import { WorkerService } from "@uws/protocol";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* How a worker and the gateway begin. */

let setting: Setting;
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await setting.close());

test("nothing but Hello is understood at first, and Hello comes once", async () => {
  const client = new WorkerService(setting.gateway.address, credentials.createInsecure());
  const stream = client.work();
  const ended = Promise.withResolvers<{ code: status; details: string }>();
  stream.on("error", () => {});
  stream.on("status", ended.resolve);
  stream.write({ credit: { totalSlots: 1 } });
  expect(await ended.promise).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining("must be Hello"),
  });
  client.close();
  const worker = await setting.connect(setting.newType(), 0);
  worker.send({ hello: { protocolVersion: 1, instanceId: "again", jobTypes: ["any"] } });
  expect(await worker.ended).toMatchObject({ code: status.INVALID_ARGUMENT, details: "Hello comes once." });
});

test.each([
  ["no job type", { jobTypes: [] }, "job_types"],
  ["a job type that is no name", { jobTypes: ["a.b > c"] }, "is not a job type's name"],
  ["more job types than anybody has", { jobTypes: Array.from({ length: 101 }, (_, n) => `t${n}`) }, "1 to 100"],
  ["no instance", { jobTypes: ["any"], instanceId: "" }, "instance_id"],
  ["a long instance", { jobTypes: ["any"], instanceId: "i".repeat(201) }, "instance_id"],
])("a Hello with %s is refused, and the refusal says why", async (_, hello, why) => {
  expect(await setting.greet(hello).ended).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: expect.stringContaining(why),
  });
});

test("Welcome tells the times and every limit", async () => {
  const welcome = await setting.greet({ jobTypes: [setting.newType()] }).take("welcome");
  expect(welcome).toEqual({
    protocolVersion: 1,
    sessionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    leaseMs: 120_000,
    heartbeatMs: 200,
    acceptTimeoutMs: 60_000,
    maxMessageBytes: limits.messageBytes,
    maxInlineResultBytes: limits.inlineResultBytes,
    maxResultBytes: limits.resultBytes,
    held: [],
  });
});

test("a job goes to a worker that runs its type, however free the others are", async () => {
  const [type, other] = [setting.newType(), setting.newType()];
  await setting.connect(other, 50);
  const worker = await setting.connect(type, 1);
  const id = await setting.house.submit(type);
  expect((await worker.take("assign")).jobId).toBe(id);
});
