import { databaseWork } from "./database-work.ts";
import type { Deployment } from "./deployment.ts";
import { completed, createJob, nothing } from "./job-client.ts";
import { inLanes, type Measured } from "./measured.ts";
import { processorSeconds, proportionalMemory } from "./process-use.ts";

export interface Fleet {
  readonly workers: number;
  readonly slots: number;
}

/**
 * Jobs that do nothing, from end to end: what the house itself can do.
 * @param servers pids of PostgreSQL and nats-server by name; processes of PostgreSQL come and go
 */
export async function measureThroughput(
  name: string,
  site: Deployment,
  { workers, slots }: Fleet,
  jobs: number,
  servers: () => Promise<Readonly<Record<string, readonly number[]>>>,
): Promise<Measured[]> {
  const fleet = Array.from({ length: workers }, () =>
    site.worker("apps/workers/simulate/src/main.ts", { UWS_SLOTS: String(slots) }),
  );
  const list = `${site.url}/simulate/async`;
  const run = async (count: number) =>
    await inLanes(count, 64, async () => void (await completed(await createJob(list, nothing))));
  await run(500);

  const watched = async (): Promise<Record<string, readonly number[]>> => ({
    ...Object.fromEntries(Object.entries(site.pids).map(([process, pid]) => [process, [pid]])),
    [workers === 1 ? "worker" : "workers"]: fleet.map(({ pid }) => pid),
    ...(await servers()),
    "load generator": [process.pid],
  });
  const before = await processorSeconds(await watched());
  let seconds = 0;
  const work = await databaseWork(site.databaseUrl, async () => {
    const began = performance.now();
    await run(jobs);
    seconds = (performance.now() - began) / 1000;
  });
  const after = await processorSeconds(await watched());
  const memory = await proportionalMemory(await watched());
  await Promise.all(fleet.map((worker) => worker.kill()));

  const perSecond = jobs / seconds;
  const cpu = Object.keys(after).map((each) => [each, ((after[each] ?? 0) - (before[each] ?? 0)) / jobs] as const);
  const mib = Object.entries(memory).filter(([each]) => each !== "load generator");
  return [
    {
      what: `${name}, ${workers} × ${slots} slots: ${jobs.toLocaleString("en")} jobs, 64 at once, POST → COMPLETED seen by the client`,
      value: `${Math.round(perSecond)} jobs/s`,
      numbers: { jobsPerSecond: perSecond },
    },
    {
      what: "… PostgreSQL, per job",
      value: `${(work.commits / jobs).toFixed(2)} statements (each a commit), ${Math.round(work.walBytes / jobs).toLocaleString("en")} bytes of WAL`,
      numbers: { statementsPerJob: work.commits / jobs, walBytesPerJob: work.walBytes / jobs },
    },
    {
      what: "… of which took longest, per job",
      value: work.statements
        .slice(0, 6)
        .map(({ text, calls, milliseconds }) => {
          return `${(milliseconds / jobs).toFixed(2)} ms in ${(calls / jobs).toFixed(2)} × \`${shown(text)}\``;
        })
        .join(", "),
    },
    {
      what: "… processor time per job",
      value: cpu.map(([each, used]) => `${each} ${(used * 1000).toFixed(2)} ms`).join(", "),
      numbers: Object.fromEntries(cpu.map(([each, used]) => [`${each} ms`, used * 1000])),
    },
    {
      what: "… memory afterwards",
      value: mib.map(([each, bytes]) => `${each} ${Math.round(bytes / 1024 ** 2)} MiB`).join(", "),
      numbers: Object.fromEntries(mib.map(([each, bytes]) => [`${each} bytes`, bytes])),
    },
  ];
}

/** Enough of a statement to find it in packages/store. */
function shown(text: string): string {
  return `${text.replace(/\s+/g, " ").trim().slice(0, 36)}…`;
}
