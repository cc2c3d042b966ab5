import type { Deployment } from "./deployment.ts";
import { completed, createJob, inPhase, nothing } from "./job-client.ts";
import { durations, type Measured } from "./measured.ts";

const now = () => performance.timeOrigin + performance.now();
const rounds = 300;

/** How quickly one thing follows another while little else happens. */
export async function measureLatencies(site: Deployment): Promise<Measured[]> {
  const probe = site.worker("tests/bench/probe-worker.ts", { UWS_SLOTS: "8" });
  const list = `${site.url}/simulate/async`;
  // The worker is there, and everything is warm, when these have ended.
  for (let count = 0; count < 50; count += 1) await completed(await createJob(list, nothing));

  const create: number[] = [];
  const start: number[] = [];
  for (let count = 0; count < rounds; count += 1) {
    const began = performance.now();
    const url = await createJob(list, nothing);
    create.push(performance.now() - began);
    const job = await completed(url);
    start.push(Date.parse(job.startTime) - Date.parse(job.creationTime));
  }

  const interrupted = new Map<string, (time: number) => void>();
  probe.onLine((line) => {
    const { job, interrupted: time } = JSON.parse(line) as { job: string; interrupted: number };
    interrupted.get(job)?.(time);
  });
  const cancel: number[] = [];
  const wake: number[] = [];
  for (let count = 0; count < rounds / 3; count += 1) {
    const url = await createJob(list, { STEPS: "1000", PHASE: "RUN" });
    await inPhase(url, "EXECUTING");
    const { promise: stopped, resolve } = Promise.withResolvers<number>();
    interrupted.set(url.split("/").at(-1) ?? "", resolve);
    const waiting = fetch(`${url}?WAIT=60&PHASE=EXECUTING`).then(async (answer) => {
      await answer.text();
      return now();
    });
    // The one who waits is on the line before the other speaks: a request of ours behind it has been answered.
    await (await fetch(`${url}/phase`)).text();
    const asked = now();
    await fetch(`${url}/phase`, { method: "POST", body: new URLSearchParams({ PHASE: "ABORT" }), redirect: "manual" });
    cancel.push((await stopped) - asked);
    wake.push((await waiting) - asked);
  }
  return [
    durations("create a job with PHASE=RUN, one at a time: POST → 303", create),
    durations("enqueue → start on an idle worker, by the job's own times", start),
    durations("progress said in the handler → read from the job's events (SSE)", await progressOf(list)),
    durations("cancel: POST PHASE=ABORT sent → the handler's signal", cancel),
    durations("WAIT wake-up: POST PHASE=ABORT sent → the answer of another client that waits", wake),
  ];
}

/** Milliseconds between what a handler says and its arrival, by the time that it says. */
async function progressOf(list: string): Promise<number[]> {
  const found: number[] = [];
  for (let job = 0; job < 5; job += 1) {
    const url = await createJob(list, { STEPS: "40", PHASE: "RUN" });
    const answer = await fetch(`${url}/events`, { headers: { accept: "text/event-stream" } });
    const decoder = new TextDecoder();
    const seen = new Set<string>();
    for await (const bytes of answer.body ?? []) {
      const arrived = now();
      for (const [, message] of decoder.decode(bytes, { stream: true }).matchAll(/"message":"(\d{13}[.\d]*)"/g)) {
        if (message === undefined || seen.has(message)) continue;
        // What was said before we looked is no news.
        if (seen.size > 0) found.push(arrived - Number(message));
        seen.add(message);
      }
    }
  }
  return found;
}
