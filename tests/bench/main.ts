/**
 * `bun run bench`: measures what the README's numbers file tells, prints it, and writes docs/numbers.md.
 * Real servers, durable as in production (fsync on); the load comes from this process, on the same machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "@uws/embedded";
import { benchmarkCrossmatch } from "@uws/worker-crossmatch";
import { startSite } from "../support/site.ts";
import { type Measured, measureJobs } from "./jobs.ts";

const folder = await mkdtemp(join(tmpdir(), "uws-bench-"));
const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
process.env.UWS_TEST_DATABASE_URL = postgres.url;

const rows: Measured[] = [];
try {
  const { rows: positions, rowsPerSecond } = await benchmarkCrossmatch();
  rows.push({
    what: `crossmatch of ${positions.toLocaleString("en")} positions with 118,216 stars at 0.1°, matching alone`,
    value: `${Math.round(rowsPerSecond / 1000).toLocaleString("en")},000 rows/s`,
  });
  const site = await startSite(nats.url);
  try {
    rows.push(...(await measureJobs(site)));
  } finally {
    await site.stop();
  }
} finally {
  await nats.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

const table = ["| what | measured |", "|---|---|", ...rows.map(({ what, value }) => `| ${what} | ${value} |`)].join(
  "\n",
);
const text = `# Numbers

Made by \`bun run bench\` (tests/bench), not by hand. The load generator, the server, PostgreSQL, nats-server and the worker
share one machine; small machines are noisy, so read the orders of magnitude.

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}
- Bun ${Bun.version}, PostgreSQL ${postgres.version}, nats-server ${nats.version}
- Durability: PostgreSQL with fsync and synchronous_commit on, JetStream on files

${table}
`;
await Bun.write(join(import.meta.dirname, "../../docs/numbers.md"), text);
console.log(text);
process.exit(0);
