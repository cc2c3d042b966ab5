import { expect, test } from "bun:test";
import { hostname } from "node:os";
import { silentLogger, startServer } from "./testing/start.ts";
import { startWorker } from "./worker.ts";

test("a worker needs a handler, and finds the rest by itself", async () => {
  const server = await startServer();
  const before = process.env.UWS_GATEWAY;
  process.env.UWS_GATEWAY = server.address;
  // Signals are those of the test's process, and what a worker says is for people.
  const worker = await startWorker({ jobs: { hello: async () => {} }, handleSignals: false, logger: silentLogger });
  try {
    const stream = await server.stream();
    expect(await stream.take("hello")).toMatchObject({ workerName: hostname(), jobTypes: ["hello"] });
    stream.welcome();
    expect((await stream.take("credit")).totalSlots).toBe(1);
    await stream.run({ attemptToken: "token-1", jobType: "hello" });
    await stream.take("complete");
  } finally {
    server.endEverything();
    await worker.stop();
    if (before === undefined) delete process.env.UWS_GATEWAY;
    else process.env.UWS_GATEWAY = before;
  }
});
