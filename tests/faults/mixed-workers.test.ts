import { expect, test } from "bun:test";
import { natsUrl } from "@uws/testing";
import { soak } from "./mixed-workers/soak.ts";

test("workers of all languages, killed at random for ten seconds: every job is completed once, with its results", async () => {
  const summary = await soak({
    natsUrl: await natsUrl(),
    seed: 20_261_127,
    seconds: 10,
    workers: 12,
    clients: 12,
    say: () => {},
  });
  console.log(JSON.stringify(summary));
  expect(summary.problems).toEqual([]);
  expect(summary.jobs).toBeGreaterThan(0);
}, 300_000);
