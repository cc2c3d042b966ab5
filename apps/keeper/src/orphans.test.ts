import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BlobStore, newBlobKey, openFileBlobs } from "@uws/blobs";
import {
  acceptAttempts,
  addResult,
  claimJobs,
  createJob,
  migrate,
  newAttemptToken,
  newJobId,
  openStore,
  type Store,
  saveDescription,
} from "@uws/store";
import { type TestDatabase, testDatabase } from "@uws/testing";
import { Orphans } from "./orphans.ts";

let database: TestDatabase;
let store: Store;
let blobs: BlobStore;
let folder: string;
beforeAll(async () => {
  database = await testDatabase();
  await migrate(database.url);
  store = openStore({ url: database.url, connections: 2 });
  await saveDescription(store, { digest: "d", type: "any", version: "1.0.0", document: {} });
  folder = await mkdtemp(join(tmpdir(), "uws-orphans-"));
  blobs = openFileBlobs(folder);
});
afterAll(async () => {
  await store.close();
  await database.drop();
  await rm(folder, { recursive: true });
});

async function* bytes() {
  yield new TextEncoder().encode("content");
}

const put = async (job: string) => await blobs.put(newBlobKey(job), bytes(), 100);

test("a file that no row needs goes when it is old, one that is a result or an upload stays, whatever its age", async () => {
  const job = newJobId();
  const upload = await put(job);
  await createJob(store, {
    id: job,
    service: "any",
    type: "any",
    description: "d",
    owner: undefined,
    runId: undefined,
    parameters: [{ name: "FILE", upload: { key: upload.key, mediaType: "text/plain", filename: "f", size: 7 } }],
    executionDuration: 0,
    destruction: undefined,
    maxAttempts: 1,
    run: true,
  });
  const attempt = { job, token: newAttemptToken(job) };
  await claimJobs(store, [{ id: job, token: attempt.token, worker: "w" }], 60_000);
  await acceptAttempts(store, [attempt], 60_000);
  const result = await put(job);
  await addResult(store, attempt, { id: "r", mediaType: "text/plain", size: 7, location: result }, 1);
  const lost = await put(job);
  const ofNobody = await put(newJobId());

  let now = Date.now();
  const options = { store, blobs, age: 10_000, rest: 60_000, now: () => now };
  const orphans = new Orphans(options);
  expect(await orphans.sweep(100)).toBe(0);
  expect(await blobs.get(lost.key)).toBeDefined();

  now += 20_000;
  // The walk is over, and the next is not due.
  expect(await orphans.sweep(100)).toBe(0);
  now += 60_000;
  // A part at each look.
  let removed = 0;
  for (let looks = 0; looks < 3; looks += 1) removed += await orphans.sweep(2);
  expect(removed).toBe(2);
  expect(await blobs.get(lost.key)).toBeUndefined();
  expect(await blobs.get(ofNobody.key)).toBeUndefined();
  expect(await blobs.get(result.key)).toBeDefined();
  expect(await blobs.get(upload.key)).toBeDefined();
});

test("where PostgreSQL cannot say what is needed, nothing is removed, and the next walk begins anew", async () => {
  const lost = await put(newJobId());
  const now = Date.now() + 100_000;
  const gone = openStore({ url: "postgres://nobody@127.0.0.1:1/none", connections: 1 });
  const without = new Orphans({ store: gone, blobs, age: 1000, rest: 1000, now: () => now });
  await expect(without.sweep(100)).rejects.toThrow();
  await gone.close();
  expect(await blobs.get(lost.key)).toBeDefined();
  expect(await new Orphans({ store, blobs, age: 1000, rest: 1000, now: () => now }).sweep(100)).toBe(1);
});
