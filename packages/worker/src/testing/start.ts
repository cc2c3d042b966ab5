import type { ServerCredentials } from "@grpc/grpc-js";
import type { JobHandler } from "../job.ts";
import type { WorkerLogger } from "../logger.ts";
import { startWorker, type Worker, type WorkerOptions } from "../worker.ts";
import { ScriptedServer } from "./scripted-server.ts";

const workersOf = new WeakMap<ScriptedServer, Worker[]>();

export const silentLogger: WorkerLogger = { debug() {}, info() {}, warn() {}, error() {} };

/** A scripted server that ends with the test, and its workers before it. */
export async function startServer(credentials?: ServerCredentials): Promise<ScriptedServer> {
  const server = await new ScriptedServer(credentials).start();
  const workers: Worker[] = [];
  workersOf.set(server, workers);
  // Only here, so that what needs no server (runHandler) can be loaded by other test runners, under Node as well.
  const { onTestFinished } = await import("bun:test");
  onTestFinished(async () => {
    server.endEverything();
    await Promise.all(workers.map((worker) => worker.stop()));
    server.kill();
  });
  return server;
}

/** A worker with one job type, "test", that ends with the test. */
export async function startTestWorker(
  server: ScriptedServer,
  handler: JobHandler,
  options: Partial<WorkerOptions> = {},
): Promise<Worker> {
  const worker = await startWorker({
    jobs: { test: handler },
    address: server.address,
    handleSignals: false,
    logger: silentLogger,
    slots: 8,
    ...options,
  });
  workersOf.get(server)?.push(worker);
  return worker;
}
