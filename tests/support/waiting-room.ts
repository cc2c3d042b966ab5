import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type TestDatabase, testDatabase, until } from "@uws/testing";
import { LongPolls } from "./long-polls.ts";
import { type HouseProcess, startProcess } from "./processes.ts";

/** One api process and what tests of waiting clients ask of it. */
export interface WaitingApi {
  readonly url: string;
  readonly list: string;
  readonly pid: number;
  /** WAIT and event requests that are open now. */
  waiting(): Promise<number>;
}

/** Api processes on one database, and nobody who would run a job: phases change when the test says so. */
export interface WaitingRoom {
  readonly database: TestDatabase;
  api(environment?: Readonly<Record<string, string>>): Promise<WaitingApi>;
  close(): Promise<void>;
}

/** Connections to PostgreSQL of each api. */
export const poolSize = 4;

export async function openWaitingRoom(natsUrl: string): Promise<WaitingRoom> {
  const database = await testDatabase();
  const dataDir = await mkdtemp(join(tmpdir(), "uws-waiting-"));
  const common = {
    UWS_DATABASE_URL: database.url,
    UWS_DATABASE_CONNECTIONS: String(poolSize),
    UWS_NATS_URL: natsUrl,
    UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
    UWS_DATA_DIR: dataDir,
    UWS_HTTP_PORT: "0",
    // All of the clients have one address.
    UWS_WAIT_CLIENTS_PER_CALLER: "20000",
  };
  const processes: HouseProcess[] = [];
  await startProcess("migrate", common, /(up to date)/);
  return {
    database,
    async api(environment = {}) {
      const api = await startProcess("api", { ...common, ...environment }, /"url":"(http[^"]+)"/);
      processes.push(api);
      const status = async () => (await (await fetch(`${api.said}/readyz`)).json()) as Readiness;
      await until(async () => (await status()).checks.nats, "NATS");
      return {
        url: api.said,
        list: `${api.said}/simulate/async`,
        pid: api.pid,
        waiting: async () => (await status()).waiting,
      };
    },
    async close() {
      await Promise.all(processes.map((each) => each.kill()));
      await database.drop();
      await rm(dataDir, { recursive: true, force: true });
    },
  };
}

interface Readiness {
  readonly checks: { readonly nats: boolean };
  readonly waiting: number;
}

/** Creates jobs, PENDING. */
export async function createJobs(api: WaitingApi, count: number): Promise<string[]> {
  const ids: string[] = [];
  await inLanes(8, Array.from({ length: count }), async () => {
    const answer = await fetch(api.list, { method: "POST", redirect: "manual" });
    ids.push(answer.headers.get("location")?.split("/").at(-1) ?? `${answer.status}`);
  });
  return ids;
}

/** Clients that wait, spread over jobs. */
export interface Crowd {
  /** In which phase each client saw its job in the end, and how long after the change was told to whoever made it. */
  woken(): Promise<{ phases: string[]; milliseconds: number[] }>;
  leave(): void;
}

/**
 * Lets clients wait until the jobs that are given leave a phase, and returns when the api has them all. Some may not have
 * been read then: the phase is named in the request, or those would take a change that comes first for how it was.
 * @param changed when the answer came to the request that changed each job, by performance.now()
 */
export async function gather(
  api: WaitingApi,
  polls: LongPolls,
  jobs: readonly string[],
  phase: "PENDING" | "QUEUED",
  changed: ReadonlyMap<string, number>,
): Promise<Crowd> {
  const before = await api.waiting();
  const answers = Array.from({ length: polls.size }, async (_, index) => {
    const job = jobs[index % jobs.length] ?? "";
    return { job, ...(await polls.get(index, `${api.list}/${job}?WAIT=-1&PHASE=${phase}`)) };
  });
  const all = Promise.all(answers);
  // Who leaves does not want to know.
  all.catch(() => {});
  await until(async () => (await api.waiting()) === before + polls.size, `${polls.size} wait`, 60_000);
  return {
    async woken() {
      const seen = await all;
      return {
        phases: seen.map(({ body }) => /<uws:phase>(\w+)</.exec(body)?.[1] ?? body),
        milliseconds: seen.map(({ at, job }) => Math.max(0, at - (changed.get(job) ?? Number.NaN))),
      };
    },
    leave: () => polls.close(),
  };
}

export { LongPolls };

/** Sets a phase of jobs, a few at a time, and notes when each has answered. */
export async function change(
  api: WaitingApi,
  jobs: readonly string[],
  phase: "RUN" | "ABORT",
  changed: Map<string, number>,
): Promise<void> {
  await inLanes(8, jobs, async (job) => {
    const body = new URLSearchParams({ PHASE: phase });
    const answer = await fetch(`${api.list}/${job}/phase`, { method: "POST", body, redirect: "manual" });
    if (answer.status !== 303) throw new Error(`PHASE=${phase}: ${answer.status} ${await answer.text()}`);
    changed.set(job, performance.now());
  });
}

async function inLanes<Item>(lanes: number, items: readonly Item[], work: (item: Item) => Promise<void>) {
  const left = items.values();
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      for (const item of left) await work(item);
    }),
  );
}

export function quantiles(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => Math.round(sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, max ${at(1)} ms`;
}
