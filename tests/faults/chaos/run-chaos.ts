import { openStore } from "@uws/store";
import { until } from "@uws/testing";
import { faults } from "./faults.ts";
import { Load } from "./load.ts";
import { Random } from "./random.ts";
import { startTown } from "./town.ts";
import { compareFiles, findViolations } from "./violations.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** For so long things go wrong; then all is mended, and everything must come to its end. */
  readonly seconds: number;
  /** Jobs at most. */
  readonly jobs: number;
  readonly say: (line: string) => void;
}

/** What a run counted. */
export interface ChaosSummary {
  readonly seed: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly requests: number;
  readonly requestsTriedAgain: number;
  readonly phases: Readonly<Record<string, number>>;
  readonly attempts: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  /** Milliseconds between the start of an attempt that was lost and its end, less than which no lease can tell. */
  readonly longestLost: number;
  /**
   * Files that no row needs. Whoever is killed between storing a file and its row leaves one, and nothing sweeps them yet: so
   * they are counted, and are no violation.
   */
  readonly orphanFiles: number;
  readonly violations: readonly string[];
}

/** Milliseconds within which everything must have ended when all is mended. */
const patience = 180_000;

/** Runs a whole site, several processes of each kind, lets things go wrong at random, and counts. */
export async function runChaos({ seed, seconds, jobs, say }: ChaosOptions): Promise<ChaosSummary> {
  const random = new Random(seed);
  const town = await startTown();
  const store = openStore({ url: town.postgres.url, connections: 2, name: "chaos" });
  const counted: Record<string, number> = {};
  try {
    for (const api of town.apis) {
      await until(async () => (await fetch(`${api}/readyz`).catch(() => undefined))?.ok, `${api} is ready`, 60_000);
    }
    const load = new Load(town.apis, new Random(seed + 1), 8, jobs);
    const names = Object.keys(faults);
    const end = performance.now() + seconds * 1000;
    while (performance.now() < end) {
      const name = random.pick(names);
      say(`${Math.round((end - performance.now()) / 1000)} s left, ${load.known.jobs.size} jobs: ${name}`);
      counted[name] = (counted[name] ?? 0) + 1;
      await faults[name]?.(town, random).catch((error) => say(`  ${name} failed itself: ${String(error)}`));
      await Bun.sleep(random.between(100, 2000));
    }
    await load.stop();
    say("all is mended");
    const open = async () =>
      await store.sql<[{ open: number }]>`
        select count(*) as open from jobs where phase not in ('COMPLETED', 'ERROR', 'ABORTED')`;
    await until(async () => (await open())[0].open === 0, "the end of all jobs", patience).catch(() => {});
    // The keeper removes what nobody needs; an upload that a dead gateway left behind is nobody's.
    await until(async () => (await store.sql`select from garbage limit 1`).count === 0, "no garbage", 30_000).catch(
      () => {},
    );
    const { known } = load;
    for (const id of known.jobs.keys()) await load.look(id);
    const stored = new Set((await store.sql<{ id: string }[]>`select id from jobs`).map(({ id }) => id));
    for (const [id, { wish }] of known.jobs) {
      if (wish !== "delete" && !stored.has(id)) known.violations.push(`job ${id} was acknowledged and is lost`);
    }
    const files = await compareFiles(store, town.blobs);
    const missing = files.missing.map((key) => `a result without its file: ${key}`);
    const violations = [...known.violations, ...missing, ...(await findViolations(store))];
    const count = async (of: string) =>
      Object.fromEntries(
        (await store.sql.unsafe<{ name: string; count: number }[]>(of)).map((row) => [row.name, row.count]),
      );
    const [lost] = await store.sql<[{ longest: number | null }]>`
      select max(extract(epoch from end_time - start_time) * 1000)::float8 as longest from attempts where outcome = 'lost'`;
    return {
      seed,
      seconds,
      jobs: known.jobs.size,
      requests: known.requests,
      requestsTriedAgain: known.retries,
      phases: await count("select phase::text as name, count(*) from jobs group by phase"),
      attempts: await count("select outcome as name, count(*) from attempts group by outcome"),
      faults: counted,
      longestLost: Math.round(lost.longest ?? 0),
      orphanFiles: files.orphans.length,
      violations,
    };
  } finally {
    await store.close();
    await town.stop();
  }
}
