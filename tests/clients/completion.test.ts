import { expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, runWell } from "../support/tools/run.ts";
import { findShell } from "../support/tools/shell.ts";

const main = join(import.meta.dirname, "../../apps/uws/src/main.ts");

test.each(["zsh", "fish"] as const)(
  "%s reads the completion that `uws completion` writes for it",
  async (name) => {
    const shell = await findShell(name);
    const folder = await mkdtemp(join(tmpdir(), "uws-completion-"));
    try {
      const script = join(folder, "script");
      await writeFile(script, await runWell(process.execPath, [main, "completion", name]));
      expect(await run(shell, ["-n", script])).toEqual({ code: 0, out: "", error: "" });
      // It does notice what is wrong.
      await writeFile(script, "if true\n(");
      expect((await run(shell, ["-n", script])).code).not.toBe(0);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
  400_000,
);
