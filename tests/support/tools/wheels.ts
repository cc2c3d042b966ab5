import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { cached } from "./cache.ts";
import { findInterpreter, nameOf } from "./python.ts";
import { runWell } from "./run.ts";

const requirements = join(import.meta.dir, "requirements-workers.txt");

/** What uws-worker needs, to be built and to run. */
const needed = ["grpcio", "protobuf", "typing_extensions", "setuptools"];

/** Milliseconds. */
const downloadTimeout = 300_000;

/**
 * Packages from which pip can install uws-worker without a network, in the versions of requirements-workers.txt.
 * @returns a folder for pip's `--find-links`
 */
export async function wheelsForWorkers(): Promise<string> {
  const python = await findInterpreter();
  const pinned = (await readFile(requirements, "utf8"))
    .split("\n")
    .filter((line) => needed.some((name) => line.startsWith(`${name}==`)));
  if (pinned.length !== needed.length) throw new Error(`requirements-workers.txt must pin ${needed.join(", ")}`);
  const key = createHash("sha256").update(pinned.join()).digest("hex").slice(0, 12);
  return await cached(`wheels-${await nameOf(python)}-${key}`, async (fresh) => {
    const pip = ["-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"];
    await runWell(python, [...pip, "--only-binary=:all:", "--dest", fresh, ...pinned], { timeout: downloadTimeout });
  });
}
