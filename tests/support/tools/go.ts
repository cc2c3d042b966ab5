import { createHash } from "node:crypto";
import { mkdir, rename, rm } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { cacheFolder } from "./cache.ts";
import { locked } from "./lock.ts";
import { run, runWell, type Tool } from "./run.ts";
import { oldest } from "./versions.ts";

/** Milliseconds. The first build fetches and compiles what the programs need. */
const buildTimeout = 600_000;

let looked: Promise<string | undefined> | undefined;

/**
 * The `go` command, if there is one that is new enough. Go is no program that the tests fetch: where it is not, what needs it
 * does not run, and says so (`withoutGo`).
 */
export function goToolchain(): Promise<string | undefined> {
  looked ??= findGo();
  return looked;
}

/** What a test says that does not run for want of Go. */
export const withoutGo = `Go: no toolchain, not run (Go ${oldest.go.join(".")} or newer on the PATH)`;

/** The command, and its environment: no other toolchain is fetched, and no workspace above the checkout counts. */
export async function go(): Promise<Tool> {
  const command = await goToolchain();
  if (command === undefined) throw new Error(withoutGo);
  return { command: [command], env: { GOTOOLCHAIN: "local", GOFLAGS: "-buildvcs=false", GOWORK: "off" } };
}

/** For a shell in which somebody types `go`: the command is on its PATH. */
export async function goOnPath(): Promise<Record<string, string>> {
  const { command, env } = await go();
  const [program = ""] = command;
  const path = process.env.PATH ?? "";
  return { ...env, PATH: program.includes("/") ? `${dirname(program)}:${path}` : path };
}

/**
 * Builds the program in a folder of Go source. Go keeps what it has compiled in its own cache, so that a program that has not
 * changed takes a moment.
 * @returns the path of the program, in the tests' cache
 */
export async function buildGo(folder: string): Promise<string> {
  const source = resolve(folder);
  const programs = join(await cacheFolder(), "go-programs");
  await mkdir(programs, { recursive: true });
  // Checkouts beside each other have programs of their own.
  const digest = createHash("sha256").update(source).digest("hex").slice(0, 12);
  const program = join(programs, `${basename(source)}-${digest}`);
  return await locked(`${program}.lock`, async () => {
    const fresh = `${program}.new`;
    await rm(fresh, { force: true });
    await runWell(await go(), ["build", "-p", "1", "-o", fresh, "."], { cwd: source, timeout: buildTimeout });
    // A program that is running cannot be written to, but its place can be taken.
    await rename(fresh, program);
    return program;
  });
}

async function findGo(): Promise<string | undefined> {
  for (const command of ["go", "/usr/local/go/bin/go"]) {
    const { code, out } = await run({ command: [command], env: { GOTOOLCHAIN: "local" } }, ["env", "GOVERSION"]);
    const [, major, minor] = /^go(\d+)\.(\d+)/.exec(out) ?? [];
    if (code !== 0 || major === undefined || minor === undefined) continue;
    const [oldestMajor, oldestMinor] = oldest.go;
    if (Number(major) * 1000 + Number(minor) >= oldestMajor * 1000 + oldestMinor) return command;
  }
  return undefined;
}
