import { expect, test } from "bun:test";
import { runChaos } from "./chaos/run-chaos.ts";

test("twenty seconds of random faults: no job is lost, none ends twice, nothing is left behind", async () => {
  const said: string[] = [];
  const seed = Number(process.env.UWS_TEST_CHAOS_SEED ?? 20_261_127);
  const summary = await runChaos({ seed, seconds: 20, jobs: 1000, say: (line) => said.push(line) });
  console.log(JSON.stringify(summary));
  if (summary.violations.length > 0) console.log(said.join("\n"));
  expect(summary.violations).toEqual([]);
  expect(summary.jobs).toBeGreaterThan(0);
}, 300_000);
