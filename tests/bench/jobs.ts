import type { Site } from "../support/site.ts";

/** A line of the table. */
export interface Measured {
  readonly what: string;
  readonly value: string;
}

/** What a job costs that does nothing: creating it, starting it, bringing it to its end. */
export async function measureJobs(site: Site): Promise<Measured[]> {
  site.worker("simulate", { UWS_SLOTS: "64" });
  const list = `${site.running.url}/simulate/async`;
  // The worker is there, and everything is warm, when these have ended.
  await together(100, 16, () => toTheEnd(list));

  const create: number[] = [];
  const start: number[] = [];
  for (let count = 0; count < 200; count += 1) {
    const began = performance.now();
    const url = await createJob(list);
    create.push(performance.now() - began);
    const job = await ended(url);
    start.push(Date.parse(job.startTime) - Date.parse(job.creationTime));
  }

  const jobs = 3000;
  const began = performance.now();
  await together(jobs, 64, () => toTheEnd(list));
  const seconds = (performance.now() - began) / 1000;
  return [
    { what: "create a job with PHASE=RUN, one at a time: POST → 303", value: quantiles(create) },
    { what: "creation → start on an idle worker, by the job's own times", value: quantiles(start) },
    {
      what: `${jobs.toLocaleString("en")} jobs that do nothing, 64 at once: POST → COMPLETED seen by the client`,
      value: `${Math.round(jobs / seconds)} jobs/s`,
    },
  ];
}

async function createJob(list: string): Promise<string> {
  const body = new URLSearchParams({ DURATION: "0", STEPS: "0", RESULTS: "0", PHASE: "RUN" });
  const answer = await fetch(list, { method: "POST", body, redirect: "manual" });
  const url = answer.headers.get("location");
  if (answer.status !== 303 || url === null) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
  return url;
}

async function ended(url: string): Promise<{ phase: string; creationTime: string; startTime: string }> {
  for (;;) {
    const answer = await fetch(`${url}?WAIT=60`, { headers: { accept: "application/json" } });
    const job = (await answer.json()) as { phase: string; creationTime: string; startTime: string };
    if (job.phase === "COMPLETED") return job;
    if (job.phase === "ERROR" || job.phase === "ABORTED") throw new Error(`A job ended in ${job.phase}.`);
  }
}

async function toTheEnd(list: string): Promise<void> {
  await ended(await createJob(list));
}

async function together(count: number, lanes: number, work: () => Promise<void>): Promise<void> {
  let left = count;
  await Promise.all(
    Array.from({ length: lanes }, async () => {
      while (left > 0) {
        left -= 1;
        await work();
      }
    }),
  );
}

function quantiles(milliseconds: readonly number[]): string {
  const sorted = milliseconds.toSorted((a, b) => a - b);
  const at = (share: number) => (sorted[Math.floor(share * (sorted.length - 1))] ?? Number.NaN).toFixed(1);
  return `p50 ${at(0.5)} ms, p99 ${at(0.99)} ms`;
}
