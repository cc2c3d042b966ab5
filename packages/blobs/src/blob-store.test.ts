import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newBlobKey } from "./blob-store.ts";
import { openFileBlobs } from "./file-blobs.ts";

const folder = await mkdtemp(join(tmpdir(), "uws-blobs-"));
afterAll(() => rm(folder, { recursive: true, force: true }));

const job = "0191b3a0-0000-7000-8000-000000000000";
async function* bytes(...chunks: string[]) {
  for (const chunk of chunks) yield new TextEncoder().encode(chunk);
}

// What every blob store must do; each new one is added to this list.
describe.each([["files", openFileBlobs(folder)]])("%s", (_name, blobs) => {
  test("gives back what was put, whole and in part", async () => {
    const key = newBlobKey(job);
    expect(await blobs.put(key, bytes("hello ", "world"), 100)).toEqual({
      key,
      size: 11,
      sha256: new Bun.CryptoHasher("sha256").update("hello world").digest("hex"),
    });
    const blob = await blobs.get(key);
    expect(blob?.size).toBe(11);
    expect(await new Response(blob?.stream()).text()).toBe("hello world");
    expect(await new Response(blob?.stream(6, 9)).text()).toBe("wor");
  });

  test("keeps nothing of what is too large or breaks off", async () => {
    const [large, broken] = [newBlobKey(job), newBlobKey(job)];
    expect(blobs.put(large, bytes("12345", "67890"), 9)).rejects.toMatchObject({ code: "too_large" });
    async function* breaking() {
      yield* bytes("123");
      throw new Error("connection reset");
    }
    expect(blobs.put(broken, breaking(), 100)).rejects.toThrow("connection reset");
    expect(await blobs.get(large)).toBeUndefined();
    expect(await blobs.get(broken)).toBeUndefined();
  });

  test("removes one blob, or all of a job, and does not mind what is not there", async () => {
    const other = "0191b3a0-1111-7000-8000-000000000000";
    const [a, b] = [newBlobKey(other), newBlobKey(other)];
    await blobs.put(a, bytes("a"), 1);
    await blobs.put(b, bytes("b"), 1);
    await blobs.delete(a);
    expect(await blobs.get(a)).toBeUndefined();
    expect(await blobs.get(b)).toBeDefined();
    await blobs.delete(`jobs/${other}/`);
    await blobs.delete(`jobs/${other}/`);
    expect(await blobs.get(b)).toBeUndefined();
  });

  test("follows no key out of its folder", () => {
    for (const key of ["../x", "jobs/../../x", "/etc/passwd", "jobs//x", ""]) {
      expect(blobs.get(key)).rejects.toThrow("Not a blob key");
    }
  });
});

test("files leave no partial file behind", async () => {
  const own = await mkdtemp(join(tmpdir(), "uws-blobs-"));
  const blobs = openFileBlobs(own);
  await blobs.put(newBlobKey(job), bytes("too large"), 1).catch(() => {});
  expect(await readdir(join(own, "jobs", job))).toEqual([]);
  await rm(own, { recursive: true });
});
