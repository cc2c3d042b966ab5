/**
 * `bun run bench [section …] [--json FILE]`: measures what the README's numbers file tells, prints it, and writes
 * docs/numbers.md. Where sections are named (reactions, rates, languages, quote, waiters, lists), only they are measured, and the others stay as
 * they are in the file. Real servers, durable as in production (fsync on); the load comes from this process, on the same
 * machine.
 */
import { mkdtemp, rm } from "node:fs/promises";
import { cpus, tmpdir, totalmem } from "node:os";
import { join } from "node:path";
import { startNats, startPostgres } from "@uws/embedded";
import { Command } from "commander";
import { type Site, startSite } from "../support/site.ts";
import { type BenchServers, measureRates, measureReactions } from "./jobs.ts";
import { measureLanguages } from "./languages.ts";
import { measureLists } from "./lists.ts";
import type { Measured } from "./measured.ts";
import { withSections } from "./numbers.ts";
import { measureQuotes } from "./quote.ts";
import { measureWaiters } from "./waiters.ts";

const sections: Readonly<Record<string, { title: string; measure: (servers: BenchServers) => Promise<Measured[]> }>> = {
  reactions: { title: "Reactions", measure: measureReactions },
  rates: { title: "Rates", measure: measureRates },
  languages: { title: "Workers by language", measure: measureLanguages },
  quote: { title: "Quotes", measure: ({ natsUrl }) => atSite(natsUrl, measureQuotes) },
  waiters: { title: "Waiting clients", measure: ({ natsUrl }) => measureWaiters(natsUrl) },
  lists: { title: "Lists of a million jobs", measure: ({ natsUrl }) => measureLists(natsUrl) },
};

const command = new Command("bench")
  .argument("[section...]", `some of ${Object.keys(sections).join(", ")}; all unless told otherwise`)
  .option("--json <file>", "write the numbers there, too")
  .parse();
const wanted = command.args.length > 0 ? command.args : Object.keys(sections);
const { json } = command.opts<{ json?: string }>();
for (const name of wanted) {
  if (sections[name] === undefined) throw new Error(`${name}: no such section; there are ${Object.keys(sections)}`);
}

const folder = await mkdtemp(join(tmpdir(), "uws-bench-"));
const postgres = await startPostgres({
  dataDir: join(folder, "postgres"),
  ephemeral: true,
  // Counts statements and their times, which costs a little: the same for pgbench.
  settings: { shared_preload_libraries: "pg_stat_statements", "pg_stat_statements.track_planning": "on" },
});
const nats = await startNats({ dataDir: join(folder, "nats"), ephemeral: true });
process.env.UWS_TEST_DATABASE_URL = postgres.url;

const servers = { natsUrl: nats.url, natsPid: nats.pid, postgresPid: postgres.pid };
const measured = new Map<string, Measured[]>();
try {
  for (const name of wanted) {
    const section = sections[name];
    if (section !== undefined) measured.set(section.title, await section.measure(servers));
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
const machine = { processors: cpus().length, model: cpus()[0]?.model.trim(), memory: totalmem(), bun: Bun.version };
const versions = { postgres: postgres.version, nats: nats.version, fsync: true, synchronousCommit: true };
if (json !== undefined) {
  await Bun.write(json, JSON.stringify({ machine, versions, measured: Object.fromEntries(measured) }, null, 2));
}
process.exit(0);
