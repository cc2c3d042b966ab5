import { afterAll, beforeAll, expect, test } from "bun:test";
import { limits } from "@uws/core";
import { addResult } from "./commands/add-result.ts";
import { type LogLine, recordEvents } from "./commands/record-events.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

test("an attempt has so many log lines at most, however many its worker sends, in one group or in many", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  const record = async (first: number, count: number) => {
    const log: LogLine[] = Array.from({ length: count }, (_, index) => ({
      sequence: first + index,
      level: "info",
      message: "m",
    }));
    await recordEvents(store, [{ ...attempt, sequence: first + count - 1, progress: null, log, checkpoint: null }]);
  };
  await record(1, limits.logLines - 1);
  await record(limits.logLines, 5);
  await record(limits.logLines + 5, 5);
  const [row] = await store.sql<[{ count: number }]>`
    select count(*)::int as count from log_lines where job_id = ${attempt.job}`;
  expect(row.count).toBe(limits.logLines);
});

test("a job has so many results at most; one of them may still be replaced", async () => {
  const { store } = fixture;
  const attempt = await fixture.start();
  await store.sql`
    insert into results (job_id, id, attempt, media_type, size, creation_time)
    select ${attempt.job}, 'r' || n, 1, 'a/b', 1, uws_now() from generate_series(1, ${limits.results}::int) as n`;
  const result = { mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } };
  expect(await addResult(store, attempt, { id: "one-more", ...result }, 0)).toBe("full");
  expect(await addResult(store, attempt, { id: "r1", ...result }, 0)).toBe("added");
});

test("no statement and no wait for a lock goes on for ever", async () => {
  const [row] = await fixture.store.sql<[{ statement: string; lock: string }]>`
    select current_setting('statement_timeout') as statement, current_setting('lock_timeout') as lock`;
  expect(row).toEqual({ statement: "30s", lock: "10s" });
});
