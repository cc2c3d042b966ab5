import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { status } from "@grpc/grpc-js";
import type { Assign } from "@uws/protocol";
import type { JobHandler } from "./job.ts";
import { startServer, startTestWorker } from "./testing/start.ts";

const token = "token-1";
const large = Buffer.alloc(3_000_000, "0123456789abcdef\n");

async function* pieces(bytes: Buffer, size = 100_000): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function serverRunning(handler: JobHandler, assign: Assign = {}, prepare?: (server: Server) => void) {
  const server = await startServer();
  prepare?.(server);
  await startTestWorker(server, handler, { token: "secret" });
  const stream = await server.welcomed({ maxInlineResultBytes: 1_024, maxResultBytes: 10_000_000 });
  await stream.run({ attemptToken: token, ...assign });
  return { server, stream };
}
type Server = Awaited<ReturnType<typeof startServer>>;

test.each([
  ["bytes", () => large],
  ["a stream", () => pieces(large)],
  ["a function that makes a stream", () => () => pieces(large)],
  ["strings", () => () => pieces(large)],
])("a large result made of %s is uploaded whole, without an event", async (_, data) => {
  const { server, stream } = await serverRunning((job) => job.result("big", data(), "text/plain"));
  const upload = await server.uploads.take();
  expect(upload).toMatchObject({
    id: "big",
    mediaType: "text/plain",
    attemptToken: token,
    authorization: "Bearer secret",
  });
  expect(upload.data.equals(large)).toBe(true);
  expect(await stream.take("complete")).toMatchObject({ lastSequence: 0 });
});

test("a file is uploaded", async () => {
  const folder = await mkdtemp(join(tmpdir(), "uws-worker-"));
  try {
    const path = join(folder, "result.txt");
    await writeFile(path, large);
    const { server, stream } = await serverRunning((job) => job.result("file", { path }, "text/plain"));
    expect((await server.uploads.take()).data.equals(large)).toBe(true);
    await stream.take("complete");
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("a short stream travels inside an event", async () => {
  const { stream } = await serverRunning((job) =>
    job.result("small", pieces(large.subarray(0, 1_000), 10), "text/plain"),
  );
  expect((await stream.take("event")).result?.inline?.equals(large.subarray(0, 1_000))).toBe(true);
  stream.acknowledge(token, 1);
  await stream.take("complete");
});

test("an upload that broke off begins anew if its data can be made again", async () => {
  const { server, stream } = await serverRunning(
    (job) => job.result("big", () => pieces(large), "text/plain"),
    {},
    ({ uploadFailures }) => uploadFailures.push(status.UNAVAILABLE, status.INTERNAL),
  );
  expect((await server.uploads.take()).data.equals(large)).toBe(true);
  await stream.take("complete");
});

test("an upload that broke off and cannot be made again asks for another attempt", async () => {
  const { stream } = await serverRunning(
    (job) => job.result("big", pieces(large), "text/plain"),
    {},
    ({ uploadFailures }) => uploadFailures.push(status.UNAVAILABLE),
  );
  expect(await stream.take("fail")).toMatchObject({ kind: "TRANSIENT", retryable: true });
});

test("a refused upload fails the job", async () => {
  const { stream } = await serverRunning(
    (job) => job.result("big", large, "text/plain"),
    {},
    ({ uploadFailures }) => uploadFailures.push(status.RESOURCE_EXHAUSTED),
  );
  expect(await stream.take("fail")).toMatchObject({ kind: "FATAL", retryable: false });
});

test("a result longer than the server takes fails the job", async () => {
  const { stream } = await serverRunning(async (job) => {
    async function* endless() {
      for (;;) yield large;
    }
    await job.result("big", endless(), "text/plain");
  });
  expect(await stream.take("fail")).toMatchObject({
    kind: "FATAL",
    message: expect.stringContaining("10000000 bytes"),
  });
});

test("an upload ends when its job is cancelled", async () => {
  const stalled = Promise.withResolvers<void>();
  const { stream } = await serverRunning(async (job) => {
    async function* stalling() {
      yield large;
      stalled.resolve();
      await new Promise<never>(() => {});
    }
    await job.result("big", stalling(), "text/plain");
  });
  await stalled.promise;
  stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 60_000 } });
  await stream.take("cancelled");
});

test("a job completes when the results that its handler did not await are stored", async () => {
  const { server, stream } = await serverRunning(async (job) => {
    void job.result("big", large, "text/plain");
    void job.result("small", "x", "text/plain");
  });
  await server.uploads.take();
  const event = await stream.take("event");
  expect(stream.untaken("complete")).toEqual([]);
  stream.acknowledge(token, event.sequence);
  await stream.take("complete");
});

test("an uploaded parameter is read, and a download that broke off goes on where it was", async () => {
  const read: string[] = [];
  const { server, stream } = await serverRunning(
    async (job) => {
      const file = job.parameters.file("table");
      if (!file) throw new Error("no file");
      read.push(file.name, file.filename, file.mediaType, String(file.size), await file.text());
      for await (const chunk of file.stream(2_500)) read.push(String(chunk.length));
    },
    {
      parameters: [
        { name: "RADIUS", value: "1" },
        { name: "TABLE", uploaded: { filename: "stars.csv", mediaType: "text/csv", size: 3_000 } },
      ],
    },
    ({ files, downloadFailures }) => {
      files.set("TABLE", large.subarray(0, 3_000));
      downloadFailures.push(status.UNAVAILABLE);
    },
  );
  await stream.take("complete");
  expect(read).toEqual(["TABLE", "stars.csv", "text/csv", "3000", large.toString("utf8", 0, 3_000), "500"]);
  expect(server.downloads.items().map(({ offset }) => offset)).toEqual([0, 1_000, 2_500]);
  expect(server.downloads.items()[0]).toMatchObject({
    attemptToken: token,
    name: "TABLE",
    authorization: "Bearer secret",
  });
});

test("a file that the server does not have fails the job", async () => {
  const { stream } = await serverRunning(async (job) => void (await job.parameters.file("table")?.bytes()), {
    parameters: [{ name: "TABLE", uploaded: { filename: "stars.csv", mediaType: "text/csv", size: 3_000 } }],
  });
  expect(await stream.take("fail")).toMatchObject({ kind: "FATAL", message: expect.stringContaining("no file TABLE") });
});
