import { expect, test } from "bun:test";
import { join } from "node:path";
import { pythonForWorkers, run } from "../support/tools/index.ts";

/** The SDK for Python, by its own tests and checks. */

const sdk = join(import.meta.dirname, "../../packages/worker-python");

async function python(...args: readonly string[]): Promise<void> {
  const { code, out, error } = await run(await pythonForWorkers(), args, { cwd: sdk, timeout: 200_000 });
  expect(code, `${out}\n${error}`).toBe(0);
}

test.each([
  ["does what its tests say", ["-m", "pytest", "-p", "no:cacheprovider"]],
  ["is typed", ["-m", "mypy", "--cache-dir=/dev/null"]],
  ["is formatted", ["-m", "ruff", "format", "--check", "--no-cache", "."]],
  ["has no lint", ["-m", "ruff", "check", "--no-cache", "."]],
  ["has messages that are generated from worker.proto as it is", ["scripts/generate.py", "--check"]],
])("the SDK for Python %s", async (_, args) => await python(...args), 600_000);
