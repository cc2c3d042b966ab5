import { afterAll, beforeAll, expect, test } from "bun:test";
import { type AttemptRef, newAttemptToken } from "./attempt.ts";
import { abortJob } from "./commands/abort-job.ts";
import { acceptAttempts } from "./commands/accept-attempts.ts";
import { addResult } from "./commands/add-result.ts";
import { completeAttempts } from "./commands/complete-attempts.ts";
import { failAttempts } from "./commands/fail-attempts.ts";
import { loseLeases } from "./commands/lose-leases.ts";
import { recordEvents } from "./commands/record-events.ts";
import { releaseAttempts } from "./commands/release-attempts.ts";
import { renewLeases } from "./commands/renew-leases.ts";
import { getJob } from "./queries/get-job.ts";
import { type StoreFixture, storeFixture } from "./testing.ts";

/* Who may write for an attempt, and until when. */

let fixture: StoreFixture;
beforeAll(async () => {
  fixture = await storeFixture();
});
afterAll(() => fixture.close());

const phaseOf = async (id: string) => (await getJob(fixture.store, "simulate", id))?.phase;
const result = { id: "r", mediaType: "a/b", size: 1, location: { key: "k", sha256: "s" } };

/** Everything that a worker can write for an attempt; what each write has changed. */
async function everyWrite(by: AttemptRef): Promise<unknown[]> {
  const { store } = fixture;
  const event = { progress: { fraction: 0.5, message: "", counters: {} }, log: [], checkpoint: null };
  const added = await addResult(store, by, result, 0);
  const rows = [
    await recordEvents(store, [{ ...by, sequence: 1, ...event }]),
    await renewLeases(store, [by], 10_000),
    await completeAttempts(store, [by]),
    await failAttempts(store, [{ ...by, type: "fatal", message: "m", detail: "", retryable: false, retryDelay: 0 }]),
    await releaseAttempts(store, [{ ...by, reason: "r", checkpoint: null }]),
  ];
  return [...rows.flat(), ...(added === "fenced" ? [] : [added])];
}

test("nothing is written for an attempt before it is accepted, under its very token", async () => {
  const id = await fixture.create();
  const attempt = await fixture.claim(id);
  expect(await everyWrite(attempt)).toEqual([]);
  expect(await getJob(fixture.store, "simulate", id)).toMatchObject({ phase: "QUEUED", attempt: 0, results: [] });
  expect(await acceptAttempts(fixture.store, [attempt], 10_000)).toHaveLength(1);
});

test("nothing is written for an attempt once it has ended, under its very token", async () => {
  const attempt = await fixture.start();
  expect(await completeAttempts(fixture.store, [attempt])).toHaveLength(1);
  expect(await everyWrite(attempt)).toEqual([]);
  expect(await acceptAttempts(fixture.store, [attempt], 10_000)).toEqual([]);
  expect(await phaseOf(attempt.job)).toBe("COMPLETED");
});

test("the first terminal phase wins, in whatever order an abort and a completion come", async () => {
  const { store } = fixture;
  const both = {
    "abort first": (attempt: AttemptRef) => [abortJob(store, attempt.job), completeAttempts(store, [attempt])] as const,
    "completion first": (attempt: AttemptRef) => {
      const completed = completeAttempts(store, [attempt]);
      return [abortJob(store, attempt.job), completed] as const;
    },
  };
  for (let round = 0; round < 20; round += 1) {
    for (const begin of Object.values(both)) {
      const attempt = await fixture.start();
      const [aborted, completed] = await Promise.all(begin(attempt));
      expect([aborted !== false, completed.length === 1].filter(Boolean)).toHaveLength(1);
      expect(await phaseOf(attempt.job)).toBe(aborted === false ? "COMPLETED" : "ABORTED");
    }
  }
  const late = await fixture.start();
  await abortJob(store, late.job);
  expect(await completeAttempts(store, [late])).toEqual([]);
  expect(await phaseOf(late.job)).toBe("ABORTED");
});

test("what an aborted job has stored stays", async () => {
  const attempt = await fixture.start();
  expect(await addResult(fixture.store, attempt, result, 0)).toBe("added");
  await abortJob(fixture.store, attempt.job);
  expect(await getJob(fixture.store, "simulate", attempt.job)).toMatchObject({
    phase: "ABORTED",
    results: [{ id: "r" }],
  });
});

test("a heartbeat extends the lease of the attempts that it names, and of no other", async () => {
  const [named, forgotten] = [await fixture.start(), await fixture.start()];
  expect(await renewLeases(fixture.store, [named], 60_000)).toHaveLength(1);
  const lost = await loseLeases(fixture.later("11 seconds"), { base: 0, max: 0 }, 1000);
  const tokens = lost.map(({ token }) => token);
  expect(tokens).toContain(forgotten.token);
  expect(tokens).not.toContain(named.token);
});

test("each attempt has a token of its own, of 192 random bits", () => {
  const job = Bun.randomUUIDv7();
  const tokens = Array.from({ length: 1000 }, () => newAttemptToken(job));
  expect(new Set(tokens).size).toBe(tokens.length);
  const secrets = tokens.map((token) => Buffer.from(token.slice(37), "base64url"));
  // Each byte takes most of its values: none stands still, or counts.
  for (let byte = 0; byte < 24; byte += 1) {
    expect(new Set(secrets.map((secret) => secret[byte])).size).toBeGreaterThan(200);
  }
});
