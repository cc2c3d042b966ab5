/** `bun run soak -- --seconds 60 --workers 50 --seed S [--json FILE]`: workers of all languages, killed at random. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "@uws/embedded";
import { Command } from "commander";
import { soak } from "./soak.ts";

const options = new Command("soak")
  .option("--seed <number>", "the same seed makes the same choices", String(Math.floor(Math.random() * 1e6)))
  .option("--seconds <number>", "for how long", "60")
  .option("--workers <number>", "how many workers", "50")
  .option("--clients <number>", "how many clients", "48")
  .option("--json <file>", "write the counts there, too")
  .parse()
  .opts<{ seed: string; seconds: string; workers: string; clients: string; json?: string }>();

const folder = await mkdtemp(join(tmpdir(), "uws-soak-servers-"));
const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
process.env.UWS_TEST_DATABASE_URL = postgres.url;
try {
  const summary = await soak({
    natsUrl: nats.url,
    seed: Number(options.seed),
    seconds: Number(options.seconds),
    workers: Number(options.workers),
    clients: Number(options.clients),
    say: console.log,
  });
  console.log(JSON.stringify(summary, null, 2));
  if (options.json !== undefined) await Bun.write(options.json, JSON.stringify(summary));
  process.exitCode = summary.problems.length === 0 ? 0 : 1;
} finally {
  await nats.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}
process.exit();
