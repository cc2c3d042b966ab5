import { expect, test } from "bun:test";
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { join } from "node:path";

/** A command that writes many texts of 240 kB, which no pipe takes at once. */
const program = `
import { print } from ${JSON.stringify(join(import.meta.dirname, "output.ts"))};
// As every command does.
process.stdout.on("error", () => {});
for (let text = 0; text < 200; text += 1) await print(String(text).padStart(6, "0").repeat(40_000));
`;

test("what a pipe does not take at once is written whole, and once", async () => {
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  const read = createHash("sha256");
  child.stdout.on("data", (bytes: Buffer) => read.update(bytes));
  await once(child, "close");
  const meant = createHash("sha256");
  for (let text = 0; text < 200; text += 1) meant.update(`${String(text).padStart(6, "0").repeat(40_000)}\n`);
  expect(read.digest("hex")).toBe(meant.digest("hex"));
});
