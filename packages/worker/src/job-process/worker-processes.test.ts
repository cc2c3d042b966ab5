import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "bun:test";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ended, guardsOf, isRunning } from "../testing/running.ts";
import type { ScriptedStream } from "../testing/scripted-server.ts";
import { startServer } from "../testing/start.ts";

const testing = join(import.meta.dirname, "../testing");
const token = "token-1";
let folder: string;

/** The worker and its handlers, each a bundle of its own, with a copy of the SDK in both. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-bundle-"));
  // The protocol looks for its file three folders up, where it is in the repository.
  await symlink(join(import.meta.dirname, "../../../../proto"), join(folder, "proto"));
  const outdir = join(folder, "a/b/c");
  await mkdir(outdir, { recursive: true });
  const entrypoints = ["process-worker.ts", "process-handlers.ts", "index.ts"].map((name) => join(testing, name));
  const built = await Bun.build({ entrypoints, outdir, target: "node", external: ["bun:test"] });
  expect(built.success).toBe(true);
});
afterAll(() => rm(folder, { recursive: true }));

describe.each([
  ["source, run by Bun", () => [process.execPath, join(testing, "process-worker.ts")]],
  ["source, run by Bun --no-orphans", () => [process.execPath, "--no-orphans", join(testing, "process-worker.ts")]],
  ["bundle, run by Node", () => ["node", join(folder, "a/b/c/process-worker.js")]],
  ["bundle, run by Bun", () => [process.execPath, join(folder, "a/b/c/process-worker.js")]],
])("a worker with a process per job (%s)", (_, command) => {
  async function start() {
    const server = await startServer();
    const worker = Bun.spawn(command(), {
      env: { ...process.env, UWS_GATEWAY: server.address },
      stdin: "ignore",
      stdout: "ignore",
      stderr: "ignore",
    });
    onTestFinished(() => worker.kill("SIGKILL"));
    const stream = await server.welcomed();
    stream.acknowledgeEverything();
    return { server, worker, stream };
  }

  async function counters(stream: ScriptedStream): Promise<Record<string, number>> {
    const event = await stream.take("event", ({ progress }) => progress !== null && progress !== undefined);
    return event.progress?.counters ?? {};
  }

  test("runs a handler that uses everything", async () => {
    const { server, stream } = await start();
    server.files.set("TABLE", Buffer.from("a,b\n".repeat(1_000)));
    const uploaded = { filename: "t.csv", mediaType: "text/csv", size: 4_000 };
    await stream.run({ attemptToken: token, jobType: "everything", parameters: [{ name: "TABLE", uploaded }] });
    await stream.take("complete");
    expect((await server.uploads.take(({ id }) => id === "large")).data).toEqual(Buffer.alloc(300_000, "x"));
    const seen = await server.uploads.take(({ id }) => id === "seen");
    expect(JSON.parse(seen.data.toString()).file.text).toBe("a,b\n".repeat(1_000));
  });

  test("reports failures and crashes", async () => {
    const { stream } = await start();
    await stream.run({ attemptToken: token, jobType: "fails" });
    expect(await stream.take("fail")).toMatchObject({ kind: "TRANSIENT", message: "closed", retryable: true });
    const parameters = [{ name: "STATUS", value: "3" }];
    await stream.run({ attemptToken: "token-2", jobType: "exits", parameters });
    const { detail } = await stream.take("fail");
    expect(detail).toStartWith("exit status 3");
    expect(detail).toEndWith("line 1999 of what went wrong: äöü\n");
  });

  test("kills a deaf handler and what it started", async () => {
    const { stream } = await start();
    await stream.run({ attemptToken: token, jobType: "busy" });
    const { pid, sleeper } = await counters(stream);
    stream.send({ cancel: { attemptToken: token, reason: "ABORTED", graceMs: 20 } });
    await stream.take("cancelled");
    expect([await isRunning(pid), await isRunning(sleeper)]).toEqual([false, false]);
  });

  test("leaves nothing behind when it is killed", async () => {
    const { worker, stream } = await start();
    await stream.run({ attemptToken: token, jobType: "busy" });
    await stream.run({ attemptToken: "token-2", jobType: "obedient" });
    const [first, second] = [await counters(stream), await counters(stream)];
    expect(await isRunning(first.pid)).toBe(true);
    worker.kill("SIGKILL");
    await ended(first.pid, first.sleeper, second.pid, second.sleeper);
  });

  test("lets its jobs finish when everybody is told to end", async () => {
    const { worker, stream } = await start();
    const file = join(folder, crypto.randomUUID());
    const parameters = [{ name: "FILE", value: file }];
    await stream.run({ attemptToken: token, jobType: "waitsForFile", parameters });
    const { pid = 0 } = await counters(stream);
    // As systemd does it: to all processes of a service.
    const guards = await guardsOf(pid);
    expect(guards).not.toEqual([]);
    for (const each of [pid, ...guards]) process.kill(each, "SIGTERM");
    worker.kill("SIGTERM");
    await stream.take("draining");
    await writeFile(file, "");
    await stream.take("complete");
    stream.ended(token);
    expect(await worker.exited).toBe(0);
  });
});

test("runHandler runs under Node as well", () => {
  const program = `
    import { runHandler } from "./index.js";
    import { fails } from "./process-handlers.js";
    const { outcome, failure } = await runHandler(fails);
    console.log(outcome, failure.kind, failure.message);`;
  const { stdout } = Bun.spawnSync(["node", "--input-type=module", "-e", program], { cwd: join(folder, "a/b/c") });
  expect(stdout.toString()).toBe("failed transient closed\n");
});
