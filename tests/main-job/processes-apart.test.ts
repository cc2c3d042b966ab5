import { afterAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { UwsClient } from "@uws/client";
import { natsUrl, testDatabase, until } from "@uws/testing";

const root = join(import.meta.dirname, "../..");
const children: ChildProcess[] = [];
const cleanUp: (() => Promise<unknown>)[] = [];

afterAll(async () => {
  for (const child of children) child.kill("SIGKILL");
  for (const clean of cleanUp) await clean();
});

/** Starts a process and waits for a line of its output that fits; gives what the pattern captured. */
async function start(args: string[], environment: Record<string, string>, ready: RegExp): Promise<string> {
  const child = spawn(process.execPath, ["--no-orphans", ...args], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (text: Buffer) => {
      output += text.toString();
    });
  }
  return await until(
    () => {
      const said = ready.exec(output)?.[1];
      if (said === undefined && child.exitCode !== null) throw new Error(`${args.join(" ")} ended:\n${output}`);
      return said;
    },
    `${ready} of ${args.join(" ")}`,
  );
}

test("api, gateway, keeper and worker in four processes run a job, and stop when they are told", async () => {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "uws-apart-"));
  cleanUp.push(
    () => database.drop(),
    () => rm(dataDir, { recursive: true, force: true }),
  );
  const environment = {
    UWS_DATABASE_URL: database.url,
    UWS_NATS_URL: await natsUrl(),
    UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
    UWS_DATA_DIR: dataDir,
    UWS_HTTP_PORT: "0",
    UWS_GRPC_PORT: "0",
  };
  const main = "apps/uws/src/main.ts";
  await start([main, "migrate"], environment, /(up to date)/);
  const [url, gateway] = await Promise.all([
    start([main, "api"], environment, /"url":"(http[^"]+)"/),
    start([main, "gateway"], environment, /"address":"([^"]+)"/),
    start([main, "keeper"], environment, /(started)/),
  ]);
  await start(["apps/workers/simulate/src/main.ts"], { UWS_GATEWAY: gateway }, /(connected)/);

  const job = await new UwsClient(`${url}/simulate/async`).create({ DURATION: 0.2, RESULTS: 1 }, { run: true });
  expect((await job.wait()).phase).toBe("COMPLETED");
  expect((await (await job.download("result-1")).bytes()).length).toBe(1024);

  const running = children.filter(({ exitCode }) => exitCode === null);
  const exits = running.map(async (child) => (await once(child, "exit"))[0]);
  for (const child of running) child.kill("SIGTERM");
  expect(await Promise.all(exits)).toEqual(running.map(() => 0));
});
