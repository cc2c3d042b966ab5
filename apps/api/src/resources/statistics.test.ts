import { afterAll, beforeAll, expect, test } from "bun:test";
import type { Store } from "@uws/store";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

let api: ApiFixture;
let asked = 0;
/** Counts how often the store is asked for statistics. */
const counting = (store: Store): Store => ({
  ...store,
  sql: new Proxy(store.sql, {
    apply(target, self, args: unknown[]) {
      if (Array.isArray(args[0]) && args[0].join("").includes("as measured")) asked += 1;
      return Reflect.apply(target as never, self, args);
    },
  }),
});
beforeAll(async () => {
  api = await apiFixture({ wrapStore: counting });
});
afterAll(() => api.close());

const statistics = async () => {
  const answer = await api.request(`${api.api.url}/api/batch/statistics`);
  return (await answer.json()) as { service: string; types: Record<string, unknown>[] };
};

test("a service tells how busy it is, and how long its jobs take", async () => {
  await api.create(api.frees, { PHASE: "RUN" });
  const running = await api.create(api.frees, { PHASE: "RUN" });
  const attempt = await api.start(running);
  await api.complete(await api.start(await api.create(api.frees, { PHASE: "RUN" })));
  await api.create(api.cones);
  const ended = { completed: 1, failed: 0, aborted: 0 };
  await until(async () => (await statistics()).types[0]?.queued === 1, "statistics of now");
  const quantiles = { median: expect.any(Number), p90: expect.any(Number) };
  expect(await statistics()).toEqual({
    service: "api/batch",
    time: expect.any(String),
    types: [
      {
        type: "free",
        paused: false,
        queued: 1,
        running: 1,
        held: 0,
        lastHour: ended,
        lastDay: ended,
        duration: quantiles,
        wait: quantiles,
      },
    ],
  } as never);
  await api.complete(attempt);
  expect(asked).toBeGreaterThan(0);
});

test("many who ask at once are answered by one look", async () => {
  asked = 0;
  await Promise.all(Array.from({ length: 50 }, statistics));
  // Two where a second ended in between.
  expect(asked).toBeLessThanOrEqual(2);
});
