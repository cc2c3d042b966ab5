import { until } from "@uws/testing";
import { Clients } from "./clients.ts";
import { faultsOf, pickFaults } from "./faults.ts";
import { readRecords, wrongRecord } from "./job-record.ts";
import { LateWriter } from "./late-writer.ts";
import { Load, mayBeGone } from "./load.ts";
import { judgeRecovery, type Recovery, rememberLeases } from "./lost-leases.ts";
import { Random } from "./random.ts";
import { lateServices, startTown, type Town } from "./town.ts";
import { compareFiles, findFalseHeirs, findViolations } from "./violations.ts";

export interface ChaosOptions {
  readonly seed: number;
  /** For so long things go wrong; then all is mended, and everything must come to its end. */
  readonly seconds: number;
  /** Jobs at most. */
  readonly jobs: number;
  readonly say: (line: string) => void;
  /** Ends the run before its time, with all its processes and files. */
  readonly signal?: AbortSignal;
}

type Counts = Readonly<Record<string, number>>;

/** What a run counted. */
export interface ChaosSummary {
  readonly seed: number;
  readonly seconds: number;
  readonly jobs: number;
  readonly requests: number;
  readonly requestsTriedAgain: number;
  readonly phases: Counts;
  readonly attempts: Counts;
  readonly faults: Counts;
  /** How often so many faults were done at once. */
  readonly faultsAtOnce: Counts;
  /** Faults that failed themselves. */
  readonly faultsFailed: Counts;
  /** Faults that are not possible on this machine, and why. */
  readonly faultsNotPossible: readonly string[];
  /** Processes whose clocks were off all the time. */
  readonly wrongClocks: readonly string[];
  /** Processes that ended and were not killed by us, by kind. Workers are told to by jobs that crash. */
  readonly endedByThemselves: Counts;
  /** Writes under the tokens of lost attempts while others had the jobs, and how many jobs came through that unharmed. */
  readonly lateWrites: {
    readonly fenced: Counts;
    readonly unanswered: Counts;
    readonly inherited: number;
    readonly disturbed: number;
  };
  readonly recovery: Recovery;
  /** Files that killed processes had left behind, when all was mended. One that is still there at the end is a violation. */
  readonly orphanFiles: number;
  readonly violations: readonly string[];
}

/** Milliseconds within which everything must have ended when all is mended. */
const patience = 180_000;

/** Runs a whole site, several processes of each kind, lets things go wrong at random, and counts. */
export async function runChaos(options: ChaosOptions): Promise<ChaosSummary> {
  const { signal } = options;
  const town = await startTown();
  let summary: ChaosSummary;
  try {
    const interrupted = Promise.withResolvers<never>();
    const interrupt = () => interrupted.reject(signal?.reason);
    signal?.addEventListener("abort", interrupt, { once: true });
    if (signal?.aborted) interrupt();
    summary = await Promise.race([happen(town, options), interrupted.promise]);
  } finally {
    await town.stop();
  }
  const left = (await town.stop()).map((pid) => `process ${pid} was left behind`);
  return { ...summary, violations: [...summary.violations, ...left] };
}

const merged = (all: readonly Counts[]): Counts => {
  const sum: Record<string, number> = {};
  for (const [name, count] of all.flatMap((each) => Object.entries(each))) sum[name] = (sum[name] ?? 0) + count;
  return sum;
};

async function happen(town: Town, { seed, seconds, jobs, say, signal }: ChaosOptions): Promise<ChaosSummary> {
  const random = new Random(seed);
  const { store } = town;
  await rememberLeases(store);
  for (const api of town.apis) {
    await until(async () => (await fetch(`${api}/readyz`).catch(() => undefined))?.ok, `${api} is ready`, 60_000);
  }
  const clients = new Clients(town.apis, new Random(seed + 1));
  const violations: string[] = [];
  const begun = performance.now();
  /** What is seen at once is said at once. */
  const violate = (violation: string) => {
    violations.push(violation);
    say(`  after ${Math.round((performance.now() - begun) / 1000)} s: ${violation}`);
  };
  const load = new Load(clients, new Random(seed + 2), 8, jobs, violate);
  const lateWriters = lateServices.map(
    (_, index) => new LateWriter(index, town, clients, new Random(seed + 3 + index), violate),
  );
  const counted = { faults: {}, atOnce: {}, failed: {} } as Record<
    "faults" | "atOnce" | "failed",
    Record<string, number>
  >;
  const count = (what: keyof typeof counted, name: string) => {
    counted[what][name] = (counted[what][name] ?? 0) + 1;
  };
  const faults = faultsOf(town);
  const end = performance.now() + seconds * 1000;
  while (performance.now() < end && !signal?.aborted) {
    const picked = pickFaults(faults, random);
    const left = Math.round((end - performance.now()) / 1000);
    say(`${left} s left, ${load.jobs.size} jobs: ${picked.map(({ name }) => name).join(" + ")}`);
    count("atOnce", String(picked.length));
    await Promise.all(
      picked.map(async ({ name, run }) => {
        count("faults", name);
        try {
          await run(town, random);
        } catch (error) {
          count("failed", name);
          say(`  ${name} failed itself: ${String(error)}`);
        }
      }),
    );
    await Bun.sleep(random.between(100, 2000));
  }
  await Promise.all([load.stop(), ...lateWriters.map((writer) => writer.stop())]);
  say("all is mended");
  await awaitEnds(town, say);
  // The keeper removes what nobody needs; an upload that a dead gateway left behind is nobody's.
  await until(async () => (await store.sql`select from garbage limit 1`).count === 0, "no garbage", 30_000).catch(
    () => {},
  );
  const leftBehind = (await compareFiles(store, town.blobs)).orphans.length;
  await until(
    async () => (await compareFiles(store, town.blobs)).orphans.length === 0,
    "no orphan file",
    120_000,
  ).catch(() => {});
  if (await allAnswer(town, violate)) await lookAtAll(load);
  const { recovery, violations: late } = await judgeRecovery(store, town.troubles);
  violations.push(
    ...(await judgeJobs(town, load)),
    ...(await findFalseHeirs(
      store,
      lateWriters.flatMap(({ inherited }) => inherited),
    )),
    ...late,
    ...(await findViolations(store)),
  );
  const files = await compareFiles(store, town.blobs);
  violations.push(
    ...files.missing.map((key) => `a result without its file: ${key}`),
    ...files.orphans.map((key) => `a file of nobody: ${key}`),
  );
  const group = async (of: string) =>
    Object.fromEntries(
      (await store.sql.unsafe<{ name: string; count: number }[]>(of)).map((row) => [row.name, row.count]),
    );
  return {
    seed,
    seconds,
    jobs: load.jobs.size,
    requests: clients.requests,
    requestsTriedAgain: clients.failed,
    phases: await group("select phase::text as name, count(*) from jobs group by phase"),
    attempts: await group("select outcome as name, count(*) from attempts group by outcome"),
    faults: counted.faults,
    faultsAtOnce: counted.atOnce,
    faultsFailed: counted.failed,
    faultsNotPossible: town.notPossible,
    wrongClocks: town.wrongClocks,
    endedByThemselves: town.endedByThemselves,
    lateWrites: {
      fenced: merged(lateWriters.map(({ writes }) => writes.fenced)),
      unanswered: merged(lateWriters.map(({ writes }) => writes.unanswered)),
      inherited: lateWriters.reduce((sum, { inherited }) => sum + inherited.length, 0),
      disturbed: lateWriters.reduce((sum, { disturbed }) => sum + disturbed, 0),
    },
    recovery,
    orphanFiles: leftBehind,
    violations,
  };
}

/** Waits for the end of all jobs, and tells from time to time which have not ended. Whether they have is judged later. */
async function awaitEnds({ store }: Town, say: (line: string) => void): Promise<void> {
  let told = performance.now();
  const ended = async () => {
    const open = await store.sql`
      select id, type, phase, attempt, available_at, dispatched_at, rung_at, accept_by, lease_until, worker from jobs
      where phase not in ('COMPLETED', 'ERROR', 'ABORTED') limit 10`;
    if (open.length > 0 && performance.now() - told > 10_000) {
      say(`not ended: ${JSON.stringify(open)}`);
      told = performance.now();
    }
    return open.length === 0;
  };
  await until(ended, "the end of all jobs", patience).catch(() => {});
}

/** Whether each api answers, now that nothing is wrong with it or with what it needs. */
async function allAnswer({ apis }: Town, onViolation: (violation: string) => void): Promise<boolean> {
  let all = true;
  for (const api of apis) {
    const answers = async () =>
      (await fetch(`${api}/simulate/async?LAST=1`, { signal: AbortSignal.timeout(5000) }).catch(() => undefined))?.ok;
    await until(answers, "an answer", 60_000).catch(() => {
      all = false;
      onViolation(`${api} does not answer, though all is mended`);
    });
  }
  return all;
}

/** Looks at each job for the last time, at some at once. */
async function lookAtAll(load: Load): Promise<void> {
  const left = load.jobs.keys();
  const look = async () => {
    for (const id of left) await load.look(id);
  };
  await Promise.all(Array.from({ length: 8 }, look));
}

/** No job that was acknowledged is lost, each has ended as it must, and wrote what it was told to. */
async function judgeJobs({ store, blobs }: Town, load: Load): Promise<string[]> {
  const problems: string[] = [];
  const seen = new Set<string>();
  for await (const record of readRecords(store, [...load.jobs.keys()])) {
    seen.add(record.id);
    const known = load.jobs.get(record.id);
    if (known !== undefined) problems.push(...(await wrongRecord(known, record, blobs)));
  }
  for (const [id, known] of load.jobs) {
    if (!mayBeGone(known) && !seen.has(id)) problems.push(`job ${id} was acknowledged and is lost`);
    if (known.wish === "deleted" && seen.has(id)) problems.push(`job ${id} was deleted and is there`);
  }
  return problems;
}
