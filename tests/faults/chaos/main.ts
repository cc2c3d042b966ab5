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

// Whoever is interrupted leaves no process and no file behind.
const interruption = new AbortController();
const codes = { SIGINT: 130, SIGTERM: 143 } as const;
let interrupted: keyof typeof codes | undefined;
for (const signal of ["SIGINT", "SIGTERM"] as const) {
  process.on(signal, () => {
    interrupted ??= signal;
    interruption.abort(new Error(`interrupted by ${signal}`));
  });
}

console.log(`seed ${options.seed}`);
try {
  const summary = await runChaos({
    seed: Number(options.seed),
    seconds: Number(options.minutes) * 60,
    jobs: Number(options.jobs),
    say: console.log,
    signal: interruption.signal,
  });
  console.log(JSON.stringify(summary, null, 2));
  if (options.json !== undefined) await Bun.write(options.json, JSON.stringify(summary));
  process.exit(summary.violations.length === 0 ? 0 : 1);
} catch (error) {
  console.error(error instanceof Error && interrupted !== undefined ? error.message : error);
  process.exit(interrupted === undefined ? 1 : codes[interrupted]);
}
