import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { natsUrl, type TestDatabase, testDatabase, until } from "@uws/testing";
import { runWell } from "../support/tools/run.ts";

/* docs/first-service.md, to the letter: what it says is written, typed, and looked at. */

const root = join(import.meta.dirname, "../..");
const text = await Bun.file(join(root, "docs/first-service.md")).text();

interface Block {
  /** What stands behind the language: `file=…`, `append=…`, `terminal=…`, or nothing. */
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

const blocks: readonly Block[] = [...text.matchAll(/^```\w+(?: (\w+)=(\S+))?\n(.*?)^```$/gms)].map(
  ([, kind = "typed", name = "", text = ""]) => ({ kind, name, text }),
);
const of = (kind: string) => blocks.filter((block) => block.kind === kind);

let clone: string;
let database: TestDatabase;
const terminals: ChildProcess[] = [];
let environment: Record<string, string>;
let http: number;

beforeAll(async () => {
  // A clone, but for the files that the page lets its reader change.
  clone = await mkdtemp(join(tmpdir(), "uws-first-service-"));
  const own = new Set(["package.json", "uws.yaml", ".git", ".uws"]);
  for (const name of await readdir(root)) if (!own.has(name)) await symlink(join(root, name), join(clone, name));
  for (const name of ["package.json", "uws.yaml"]) await copyFile(join(root, name), join(clone, name));
  database = await testDatabase();
  http = await freePort();
  const grpc = await freePort();
  environment = {
    UWS_DATABASE_URL: database.url,
    UWS_NATS_URL: await natsUrl(),
    UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
    UWS_HTTP_PORT: String(http),
    UWS_GRPC_PORT: String(grpc),
  };
});
afterAll(async () => {
  for (const terminal of terminals.reverse()) {
    if (terminal.exitCode !== null || terminal.signalCode !== null) continue;
    const exited = once(terminal, "exit");
    terminal.kill("SIGTERM");
    await exited;
  }
  await database.drop();
  await rm(clone, { recursive: true, force: true });
});

/** What is typed, on the ports of this test and with the Bun that runs it. */
function typed(commands: string): string {
  return commands
    .replaceAll(/npx -y bun@[\d.]+/g, JSON.stringify(process.execPath))
    .replaceAll("127.0.0.1:8080", `127.0.0.1:${http}`);
}

async function inTerminal(name: string, ready: RegExp, more: Record<string, string>): Promise<void> {
  const [block] = of("terminal").filter((each) => each.name === name);
  const child = spawn("bash", ["-c", `exec ${typed(block?.text ?? "")}`], {
    cwd: clone,
    env: { ...process.env, ...more },
    stdio: ["ignore", "pipe", "pipe"],
  });
  terminals.push(child);
  let said = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (bytes: Buffer) => {
      said += bytes.toString();
    });
  }
  await until(() => {
    if (!ready.test(said) && child.exitCode !== null) throw new Error(`${block?.text} ended:\n${said}`);
    return ready.test(said);
  }, `${ready} of the ${name}`);
}

const type = (commands = "") =>
  runWell({ command: ["bash", "-ec"], env: { UWS_URL: `http://127.0.0.1:${http}` } }, [typed(commands)], {
    cwd: clone,
  });

test("one description and one handler, each under twenty lines", () => {
  expect(of("file").map(({ name }) => name)).toEqual(["greet/description.yaml", "greet/worker.ts"]);
  for (const { text } of of("file")) expect(text.trimEnd().split("\n").length).toBeLessThan(20);
});

test("who follows the page has a service that others can use", async () => {
  for (const { name, text } of of("file")) {
    await mkdir(dirname(join(clone, name)), { recursive: true });
    await writeFile(join(clone, name), text);
  }
  for (const { name, text } of of("append")) await appendFile(join(clone, name), text);
  await inTerminal("server", /workers\s+\S+ \(gRPC\)/, environment);
  await inTerminal("worker", /connected/, { UWS_GATEWAY: `127.0.0.1:${environment.UWS_GRPC_PORT}` });
  const [submit, curl, sync, wrong, ...others] = of("typed");
  expect(others).toEqual([]);
  expect(await type(submit?.text)).toContain("Hello, Ada!\nHello, Ada!\nHello, Ada!\n");
  expect(await type(curl?.text)).toBe("Hello, Bob!\n");
  expect(await type(sync?.text)).toBe("Hello, Eve!\nHello, Eve!\n");
  expect(await type(wrong?.text)).toContain("TIMES");
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
