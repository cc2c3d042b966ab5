import { join } from "node:path";
import { languages } from "../worker-conformance/languages.ts";
import { deploy } from "./deployment.ts";
import { completed, createJob } from "./job-client.ts";
import type { BenchServers } from "./jobs.ts";
import { inLanes, type Measured } from "./measured.ts";

const config = join(import.meta.dirname, "../worker-conformance/uws.yaml");
/** Slots, and how many jobs are enough to measure a worker with so many. */
const sizes = [
  { slots: 1, jobs: 500 },
  { slots: 10, jobs: 1500 },
  { slots: 100, jobs: 3000 },
];
const processSizes = [
  { slots: 1, jobs: 30 },
  { slots: 10, jobs: 60 },
];

/**
 * Jobs that do nothing, done by one worker of each language: what its SDK can do, and what a process per job costs. Each kind of worker
 * has the server to itself; the conformance worker is the program.
 */
export async function measureLanguages({ natsUrl }: BenchServers): Promise<Measured[]> {
  const measured: Measured[] = [];
  for (const language of Object.values(languages).flat()) {
    let tool: Awaited<ReturnType<typeof language.prepare>>;
    try {
      tool = await language.prepare();
    } catch (error) {
      measured.push({ what: language.name, value: `not measured: ${error instanceof Error ? error.message : error}` });
      continue;
    }
    for (const { slots, jobs } of language.jobs === "process" ? processSizes : sizes) {
      const site = await deploy("apart", natsUrl, { UWS_CONFIG: config });
      const worker = Bun.spawn([...tool.command], {
        env: {
          ...process.env,
          ...tool.env,
          UWS_GATEWAY: site.gateway,
          UWS_JOBS: language.jobs,
          UWS_SLOTS: String(slots),
        },
        stdio: ["ignore", "ignore", "ignore"],
      });
      try {
        const list = `${site.url}/conformance/async`;
        const run = async (count: number) =>
          await inLanes(count, 2 * slots, async () => void (await completed(await createJob(list, { PHASE: "RUN" }))));
        // So that the worker is there, and warm.
        await run(Math.ceil(jobs / 10));
        const began = performance.now();
        await run(jobs);
        const perSecond = (jobs * 1000) / (performance.now() - began);
        measured.push({
          what: `${language.name}, one worker of ${slots} ${slots === 1 ? "slot" : "slots"}, ${2 * slots} jobs at once`,
          value: `${perSecond < 100 ? perSecond.toFixed(1) : Math.round(perSecond)} jobs/s`,
          numbers: { jobsPerSecond: perSecond },
        });
      } finally {
        worker.kill("SIGKILL");
        await worker.exited;
        await site.stop();
      }
    }
  }
  return measured;
}
