import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "@uws/testing";
import { deploy } from "../../bench/deployment.ts";
import type { Tool } from "../../support/tools/index.ts";
import { type Language, languages } from "../../worker-conformance/languages.ts";
import { processesThatName } from "../chaos/leftovers.ts";
import { Random } from "../chaos/random.ts";
import { MortalWorker } from "./mortal-worker.ts";
import { SoakJob } from "./soak-job.ts";

export interface SoakOptions {
  readonly natsUrl: string;
  /** The same seed makes the same choices. */
  readonly seed: number;
  readonly seconds: number;
  /** How many workers; the kinds take turns. */
  readonly workers: number;
  /** Names of kinds of workers; of all languages that are there unless told otherwise. */
  readonly kinds?: readonly string[] | undefined;
  /** How many clients create jobs, each one after the other. */
  readonly clients: number;
  readonly say: (line: string) => void;
}

export interface SoakSummary {
  readonly seed: number;
  readonly seconds: number;
  /** Kinds of workers, and how many of each. */
  readonly workers: Readonly<Record<string, number>>;
  readonly leftOut: readonly string[];
  readonly kills: Readonly<Record<string, number>>;
  readonly endedByThemselves: Readonly<Record<string, number>>;
  readonly jobs: number;
  /** Attempts more than jobs: each was begun by a worker that was killed. */
  readonly attemptsLost: number;
  readonly problems: readonly string[];
}

/** Quick enough that a killed worker's job is begun again while the run lasts. */
const times = {
  UWS_LEASE_MS: "4000",
  UWS_HEARTBEAT_MS: "800",
  UWS_SILENCE_MS: "2000",
  UWS_ACCEPT_MS: "2500",
  UWS_SWEEP_MS: "200",
  UWS_REDISPATCH_MS: "1500",
  UWS_BACKOFF_MS: "100",
};
const config = join(import.meta.dirname, "../../worker-conformance/uws.yaml");

/** Workers of all languages at one server, killed at random: every job must be completed, once, with the right results. */
export async function soak(options: SoakOptions): Promise<SoakSummary> {
  const { seed, seconds, say } = options;
  const random = new Random(seed);
  const { ready, leftOut } = await prepare(options.kinds);
  const folder = await mkdtemp(join(tmpdir(), "uws-soak-"));
  const site = await deploy("apart", options.natsUrl, { ...times, UWS_CONFIG: config });
  const workers = Array.from({ length: options.workers }, (_, index) => {
    const kind = ready[index % ready.length];
    if (kind === undefined) throw new Error("no language is there");
    const slots = String(1 + (index % 4));
    const environment = { UWS_GATEWAY: site.gateway, UWS_SLOTS: slots, UWS_SOAK: folder };
    return new MortalWorker(kind.language, kind.tool, `${kind.language.name} ${index}`, environment);
  });
  try {
    for (const worker of workers) worker.start();
    const jobs: SoakJob[] = [];
    const problems: string[] = [];
    let attempts = 0;
    const list = `${site.url}/conformance/async`;
    const runJob = async () => {
      const job = await SoakJob.create(list, folder, random);
      jobs.push(job);
      const ended = await job.end();
      problems.push(...ended.problems);
      attempts += ended.attempts;
    };
    // By the time that so many are done, most workers are there.
    await Promise.all(workers.map(runJob));
    const end = Date.now() + seconds * 1000;
    const killing = (async () => {
      while (Date.now() < end) {
        // So that each lives 40 s on average: to start one takes a good part of a second of a processor.
        await Bun.sleep(random.between(20_000, 60_000) / workers.length);
        await random.pick(workers).killAndStart();
      }
    })();
    await Promise.all(
      Array.from({ length: options.clients }, async () => {
        while (Date.now() < end) {
          await runJob();
          if (jobs.length % 500 === 0) say(`${jobs.length} jobs, ${problems.length} problems`);
        }
      }),
    );
    await killing;
    await Promise.all(workers.map((worker) => worker.kill()));
    // A job's own process ends with its worker.
    await until(async () => (await processesThatName(folder)).length === 0, "the end of every process").catch(() =>
      problems.push("processes were left behind"),
    );
    const counted = (count: (worker: MortalWorker) => number) => {
      const counts: Record<string, number> = {};
      for (const worker of workers) {
        const { name } = worker.language;
        counts[name] = (counts[name] ?? 0) + count(worker);
      }
      return counts;
    };
    return {
      seed,
      seconds,
      workers: counted(() => 1),
      leftOut,
      kills: counted(({ kills }) => kills),
      endedByThemselves: counted(({ endedByItself }) => endedByItself),
      jobs: jobs.length,
      attemptsLost: attempts - jobs.length,
      problems,
    };
  } finally {
    await Promise.all(workers.map((worker) => worker.kill()));
    await site.stop();
    await rm(folder, { recursive: true, force: true });
  }
}

async function prepare(
  kinds?: readonly string[],
): Promise<{ ready: { language: Language; tool: Tool }[]; leftOut: string[] }> {
  const ready: { language: Language; tool: Tool }[] = [];
  const leftOut: string[] = [];
  for (const language of Object.values(languages).flat()) {
    if (kinds !== undefined && !kinds.includes(language.name)) continue;
    try {
      ready.push({ language, tool: await language.prepare() });
    } catch (error) {
      leftOut.push(`${language.name}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return { ready, leftOut };
}
