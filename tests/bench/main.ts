/**
 * `bun run bench [section …]`: measures what the README's numbers file tells, prints it, and writes docs/numbers.md. Where
 * sections are named (jobs, quote, waiters, lists), only they are measured, and the others stay as they are in the file.
 * Real servers, durable as in production (fsync on); the load comes from this process, on the same machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "@uws/embedded";
import { benchmarkCrossmatch } from "@uws/worker-crossmatch";
import { type Site, startSite } from "../support/site.ts";
import { type Measured, measureJobs } from "./jobs.ts";
import { measureLists } from "./lists.ts";
import { withSections } from "./numbers.ts";
import { measureQuotes } from "./quote.ts";
import { measureWaiters } from "./waiters.ts";

const sections: Readonly<Record<string, { title: string; measure: (nats: string) => Promise<Measured[]> }>> = {
  jobs: { title: "Jobs", measure: async (nats) => [await crossmatching(), ...(await atSite(nats, measureJobs))] },
  quote: { title: "Quotes", measure: (nats) => atSite(nats, measureQuotes) },
  waiters: { title: "Waiting clients", measure: measureWaiters },
  lists: { title: "Lists of a million jobs", measure: measureLists },
};

const wanted = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(sections);
for (const name of wanted) {
  if (sections[name] === undefined) throw new Error(`${name}: no such section; there are ${Object.keys(sections)}`);
}

const folder = await mkdtemp(join(tmpdir(), "uws-bench-"));
const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
process.env.UWS_TEST_DATABASE_URL = postgres.url;

const measured = new Map<string, Measured[]>();
try {
  for (const name of wanted) {
    const section = sections[name];
    if (section !== undefined) measured.set(section.title, await section.measure(nats.url));
  }
} finally {
  await nats.stop();
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
}

async function atSite(natsUrl: string, measure: (site: Site) => Promise<Measured[]>): Promise<Measured[]> {
  const site = await startSite({ nats: natsUrl, timing: {} });
  try {
    return await measure(site);
  } finally {
    await site.stop();
  }
}

async function crossmatching(): Promise<Measured> {
  const { rows: positions, rowsPerSecond } = await benchmarkCrossmatch();
  return {
    what: `crossmatch of ${positions.toLocaleString("en")} positions with 118,216 stars at 0.1°, matching alone`,
    value: `${Math.round(rowsPerSecond / 1000).toLocaleString("en")},000 rows/s`,
  };
}

const head = `# Numbers

Made by \`bun run bench\` (tests/bench), not by hand. The load generator, the server, PostgreSQL, nats-server and the worker
share one machine; small machines are noisy, so read the orders of magnitude.

- Machine: ${cpus().length} × ${cpus()[0]?.model.trim() ?? "?"}, ${Math.round(totalmem() / 1024 ** 3)} GiB, ${process.platform} ${process.arch}
- Bun ${Bun.version}, PostgreSQL ${postgres.version}, nats-server ${nats.version}
- Durability: PostgreSQL with fsync and synchronous_commit on, JetStream on files
`;
const numbers = join(import.meta.dirname, "../../docs/numbers.md");
const written = await Bun.file(numbers).text();
const titles = Object.values(sections).map(({ title }) => title);
await Bun.write(numbers, withSections(written, head, measured, titles));
for (const [title, rows] of measured) {
  console.log(`\n${title}`);
  for (const { what, value } of rows) console.log(`  ${what}\n    ${value}`);
}
process.exit(0);
