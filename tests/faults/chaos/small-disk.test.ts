import { expect, test } from "bun:test";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SmallDisk } from "./small-disk.ts";

test("a small disk can be full, and has room again afterwards; without the right to mount it says so", async () => {
  const folder = await mkdtemp(join(tmpdir(), "uws-small-disk-"));
  try {
    const disk = await SmallDisk.at(folder).catch((error: Error) => error);
    if (disk instanceof Error) {
      expect(disk.message).toContain("mount");
      return;
    }
    try {
      const file = join(folder, "file");
      await writeFile(file, "before");
      await disk.full(async () => {
        await expect(writeFile(join(folder, "other"), "x".repeat(100_000))).rejects.toThrow("ENOSPC");
        expect(await readFile(file, "utf8")).toBe("before");
      });
      await writeFile(file, "x".repeat(100_000));
    } finally {
      await disk.unmount();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
