import { test } from "bun:test";
import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { poll } from "./poll.ts";
import { identify } from "./process/identity.ts";

/** A folder for one test that others may enter (mkdtemp alone makes it 0700), removed at the end of its scope. */
export async function temporaryFolder(mode = 0o755): Promise<AsyncDisposable & { readonly path: string }> {
  const path = await mkdtemp(join(tmpdir(), "uws-embedded-test-"));
  await chmod(path, mode);
  return {
    path,
    async [Symbol.asyncDispose]() {
      await rm(path, { recursive: true, force: true });
    },
  };
}

/** Another Bun process that runs a module's text, with this package imported as `embedded`, and prints one JSON line. */
export async function otherProcess<T>(
  body: string,
): Promise<AsyncDisposable & { readonly told: T; readonly pid: number; die(): Promise<void> }> {
  const child = Bun.spawn(
    [
      process.execPath,
      "-e",
      `import * as embedded from ${JSON.stringify(join(import.meta.dir, "index.ts"))};\n${body}`,
    ],
    { stdout: "pipe", stderr: "inherit" },
  );
  const die = async () => {
    child.kill("SIGKILL");
    await child.exited;
  };
  let text = "";
  for await (const chunk of child.stdout.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    if (text.includes("\n")) break;
  }
  return { told: JSON.parse(text), pid: child.pid, die, [Symbol.asyncDispose]: die };
}

/** Resolves to true when no process of that pid runs any more. */
export async function gone(pid: number, timeoutMs = 10_000): Promise<boolean> {
  return (await poll({ timeoutMs }, () => (identify(pid) === undefined ? true : undefined))) ?? false;
}

/** What can only be shown as root, or as an ordinary user: elsewhere such a test does not exist. */
export const onlyAsRoot = process.getuid?.() === 0 ? test : notHere;
export const onlyAsUser = process.getuid?.() === 0 ? notHere : test;

function notHere(_name: string, _body: () => Promise<void>, _timeout?: number): void {}
