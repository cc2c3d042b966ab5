import { rmSync } from "node:fs";
import { mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, type Tool } from "../../support/tools/index.ts";

let bundled: Promise<Tool> | undefined;

/** The SDK worker and its handler as bundles, for Node, which reads no TypeScript. */
export function bundle(): Promise<Tool> {
  bundled ??= make();
  return bundled;
}

async function make(): Promise<Tool> {
  const { code } = await run("node", ["--version"]);
  if (code !== 0) throw new Error("node is not there");
  const folder = await mkdtemp(join(tmpdir(), "uws-bundle-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  // The protocol looks for its file three folders up, where it is in the repository.
  await symlink(join(import.meta.dirname, "../../../proto"), join(folder, "proto"));
  const outdir = join(folder, "a/b/c");
  const entrypoints = ["sdk-worker.ts", "handler.ts"].map((name) => join(import.meta.dirname, name));
  const built = await Bun.build({ entrypoints, outdir, target: "node" });
  if (!built.success) throw new Error(built.logs.join("\n"));
  return { command: ["node", join(outdir, "sdk-worker.js")], env: {} };
}
