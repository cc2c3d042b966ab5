import { expect, test } from "bun:test";
import { startServer, startTestWorker } from "./testing/start.ts";

test("the deadline is so long after the assignment, by the worker's own clock", async () => {
  const server = await startServer();
  const deadline = Promise.withResolvers<number>();
  await startTestWorker(server, async (job) => deadline.resolve(job.deadline?.getTime() ?? Number.NaN));
  const stream = await server.welcomed();
  const before = Date.now();
  await stream.run({ attemptToken: "token-1", timeAllowedMs: 60_000 });
  const told = await deadline.promise;
  expect(told).toBeGreaterThanOrEqual(before + 60_000);
  expect(told).toBeLessThanOrEqual(Date.now() + 60_000);
});
