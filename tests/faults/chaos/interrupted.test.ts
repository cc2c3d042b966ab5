import { expect, test } from "bun:test";
import { chmod, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@uws/testing";
import { processesThatName } from "./leftovers.ts";

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const)(
  "%s ends the chaos command with all its processes and files",
  async (signal, code) => {
    // Everything that it makes is in this folder, and everything that it starts has it in its environment.
    const folder = await mkdtemp(join(tmpdir(), "uws-interrupted-"));
    try {
      await chmod(folder, 0o755);
      const chaos = Bun.spawn(
        [process.execPath, join(import.meta.dirname, "main.ts"), "--seed", "1", "--minutes", "5"],
        {
          env: { ...process.env, TMPDIR: folder },
          stdio: ["ignore", "pipe", "inherit"],
        },
      );
      let said = "";
      const reading = (async () => {
        for await (const text of chaos.stdout.pipeThrough(new TextDecoderStream())) said += text;
      })();
      await until(() => said.includes("s left"), "the first fault", 120_000);
      expect((await processesThatName(folder)).length).toBeGreaterThan(10);
      chaos.kill(signal);
      expect(await chaos.exited).toBe(code);
      await reading;
      expect(await processesThatName(folder)).toEqual([]);
      expect((await readdir(folder)).filter((name) => name.startsWith("uws-chaos-"))).toEqual([]);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
  240_000,
);
