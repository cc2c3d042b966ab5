import { afterAll, beforeAll, expect, test } from "bun:test";
import { newAttemptToken } from "./attempt.ts";
import { claimJobs } from "./commands/claim-jobs.ts";
import { saveDescription } from "./commands/save-description.ts";
import { getJob } from "./queries/get-job.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

test("a description never changes, and a job keeps the one under which it was created", async () => {
  const { store } = fixture;
  const id = await fixture.create();
  await saveDescription(store, { digest: "newer", type: "simulate", version: "2.0.0", document: { newer: true } });
  await saveDescription(store, { digest: "digest", type: "simulate", version: "9.9.9", document: { changed: true } });
  expect((await getJob(store, "simulate", id))?.typeVersion).toBe("1.0.0");
  const [claimed] = await claimJobs(store, [{ id, token: newAttemptToken(id), worker: "w" }], 5000);
  expect(claimed?.typeVersion).toBe("1.0.0");
  const [kept] = await store.sql`select version, document from descriptions where digest = 'digest'`;
  expect(kept).toEqual({ version: "1.0.0", document: "{}" });
});
