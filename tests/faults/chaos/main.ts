/** `bun run chaos -- --seed S --minutes M [--jobs N] [--json FILE]`: things go wrong at random, and nothing may be lost. */
import { Command } from "commander";
import { runChaos } from "./run-chaos.ts";

const options = new Command("chaos")
  .option("--seed <number>", "the same seed makes the same faults", String(Math.floor(Math.random() * 1e6)))
  .option("--minutes <number>", "for how long", "10")
  .option("--jobs <number>", "jobs at most", "20000")
  .option("--json <file>", "write the counts there, too")
  .parse()
  .opts<{ seed: string; minutes: string; jobs: string; json?: string }>();
console.log(`seed ${options.seed}`);
const summary = await runChaos({
  seed: Number(options.seed),
  seconds: Number(options.minutes) * 60,
  jobs: Number(options.jobs),
  say: console.log,
});
console.log(JSON.stringify(summary, null, 2));
if (options.json !== undefined) await Bun.write(options.json, JSON.stringify(summary));
process.exit(summary.violations.length === 0 ? 0 : 1);
