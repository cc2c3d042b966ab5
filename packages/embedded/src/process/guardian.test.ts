import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { poll } from "../poll.ts";
import { gone, otherProcess, temporaryFolder } from "../testing.ts";
import { guard } from "./guardian.ts";
import { identify } from "./identity.ts";

setDefaultTimeout(30_000);

const options = { output: 2, stopSignal: "TERM", graceSeconds: 5 } as const;

test("the pid is the server's own, and stop ends it", async () => {
  const server = await guard({ ...options, command: "sleep", args: ["600"] });
  expect(identify(server.server.pid)).toEqual(server.server);
  await server.stop();
  expect(await gone(server.server.pid)).toBe(true);
  expect(await gone(server.guardianPid)).toBe(true);
});

test("when the server ends by itself, the guardian ends with its status", async () => {
  const server = await guard({ ...options, command: "sh", args: ["-c", "exit 7"] });
  expect(await server.exited).toBe(7);
  expect(server.ended).toBe(true);
  await server.stop();
});

test("when the server is killed, the guardian ends", async () => {
  const server = await guard({ ...options, command: "sleep", args: ["600"] });
  server.kill("SIGKILL");
  expect(await server.exited).toBe(137);
  expect(await gone(server.guardianPid)).toBe(true);
});

test("a server that does not listen is killed after its grace", async () => {
  await using folder = await temporaryFolder();
  const deaf = join(folder.path, "deaf");
  const script = `trap '' TERM; : > "$1"; while :; do sleep 0.05; done`;
  const server = await guard({ ...options, graceSeconds: 1, command: "sh", args: ["-c", script, "sh", deaf] });
  await poll({ timeoutMs: 10_000 }, () => (existsSync(deaf) ? true : undefined));
  await server.stop();
  expect(await server.exited).toBe(137);
});

test("a stopped (SIGSTOP) server is stopped for good", async () => {
  const server = await guard({ ...options, command: "sleep", args: ["600"] });
  server.kill("SIGSTOP");
  await server.stop();
  expect(await gone(server.server.pid)).toBe(true);
});

test("a command that does not exist is a server that ended", async () => {
  const server = await guard({ ...options, command: "/no/such/server", args: [] });
  expect(await server.exited).toBe(127);
});

const PARENT = `
  const { guard } = await import(${JSON.stringify(`${import.meta.dir}/guardian.ts`)});
  const server = await guard({ command: "sleep", args: ["600"], output: 2, stopSignal: "TERM", graceSeconds: 5 });
  const bystander = Bun.spawn(["sleep", "600"], { stdio: ["ignore", "ignore", "ignore"] });
  console.log(JSON.stringify({ server: server.server.pid, guardian: server.guardianPid, bystander: bystander.pid }));
  setInterval(() => {}, 1000);
`;
interface Family {
  readonly server: number;
  readonly guardian: number;
  readonly bystander: number;
}

test("kill -9 of our process stops the server, though another child of ours lives on", async () => {
  await using parent = await otherProcess<Family>(PARENT);
  const { server, guardian, bystander } = parent.told;
  await parent.die();
  expect(await gone(server)).toBe(true);
  expect(await gone(guardian)).toBe(true);
  expect(identify(bystander)).toBeDefined();
  process.kill(bystander, "SIGKILL");
});

test("kill -9 of the guardian and then of our process stops the server, too", async () => {
  await using parent = await otherProcess<Family>(PARENT);
  const { server, guardian, bystander } = parent.told;
  process.kill(bystander, "SIGKILL");
  process.kill(guardian, "SIGKILL");
  await gone(guardian);
  await parent.die();
  expect(await gone(server)).toBe(true);
});

test("a process that only has a server running ends by itself, and the server with it", async () => {
  await using parent = await otherProcess<Family>(PARENT.replace(/setInterval.*/, "bystander.kill(); server.unref();"));
  expect(await gone(parent.pid)).toBe(true);
  expect(await gone(parent.told.server)).toBe(true);
});
