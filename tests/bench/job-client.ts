/** What the benchmark asks a server for: plain HTTP, as a client without our library does. */
export interface BenchJob {
  readonly phase: string;
  readonly creationTime: string;
  readonly startTime: string;
}

/** Creates a job. @returns its URL */
export async function createJob(list: string, parameters: Readonly<Record<string, string>>): Promise<string> {
  const answer = await fetch(list, { method: "POST", body: new URLSearchParams(parameters), redirect: "manual" });
  const url = answer.headers.get("location");
  if (answer.status !== 303 || url === null) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
  return url;
}

/** Waits for the end, by the standard's WAIT. @returns the job; throws unless it was completed */
export async function completed(url: string): Promise<BenchJob> {
  for (;;) {
    const answer = await fetch(`${url}?WAIT=60`, { headers: { accept: "application/json" } });
    const job = (await answer.json()) as BenchJob;
    if (job.phase === "COMPLETED") return job;
    if (job.phase === "ERROR" || job.phase === "ABORTED") throw new Error(`A job ended in ${job.phase}.`);
  }
}

/** Waits until the job is in the phase. Throws when it comes to its end before. */
export async function inPhase(url: string, wanted: string): Promise<void> {
  for (let query = ""; ; ) {
    const { phase } = (await (await fetch(url + query, json)).json()) as BenchJob;
    if (phase === wanted) return;
    if (["COMPLETED", "ERROR", "ABORTED"].includes(phase)) throw new Error(`A job ended in ${phase}.`);
    query = `?WAIT=60&PHASE=${phase}`;
  }
}

const json = { headers: { accept: "application/json" } };

/** A job that does nothing, and is to run. */
export const nothing = { DURATION: "0", STEPS: "0", RESULTS: "0", PHASE: "RUN" } as const;
