import { afterAll, describe, expect, test } from "bun:test";
import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { jobOfBlob, newBlobKey } from "./blob-store.ts";
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

  test("lists everything, what was never finished as well, with the time of the last write", async () => {
    const third = "0191b3a0-2222-7000-8000-000000000000";
    const keys = [newBlobKey(third), newBlobKey(third)];
    const before = Date.now();
    for (const key of keys) await blobs.put(key, bytes("x"), 1);
    const hanging = newBlobKey(third);
    const open = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    async function* endless() {
      yield* bytes("y");
      begun.resolve();
      await open.promise;
    }
    const putting = blobs.put(hanging, endless(), 10);
    await begun.promise;
    const listed = new Map<string, Date>();
    for await (const { key, modified } of blobs.list()) if (jobOfBlob(key) === third) listed.set(key, modified);
    expect([...listed.keys()].filter((key) => !keys.includes(key))).toEqual([expect.stringContaining(hanging)]);
    for (const key of keys) expect(listed.get(key)?.getTime()).toBeGreaterThanOrEqual(before - 1000);
    // What is listed can be removed, under the name that the list gives it.
    for (const key of listed.keys()) await blobs.delete(key);
    expect(await blobs.get(keys[0] ?? "")).toBeUndefined();
    open.resolve();
    await putting.catch(() => {});
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
