import { type JobContext, JobFailure, JobInterrupted, wait } from "@uws/worker";
import { content } from "./content.ts";
import { type Options, type Outcome, optionsOf } from "./options.ts";

/**
 * Does what its parameters say: waits DURATION seconds in STEPS steps, writes LOGS log lines in each, leaves RESULTS results
 * on the way, and comes to its OUTCOME. What goes wrong goes wrong in the middle, except for failures, which come at the end.
 */
export async function simulate(job: JobContext): Promise<void> {
  const options = optionsOf(job.parameters);
  const outcome = outcomeOf(job, options);
  const steps = Math.max(1, options.steps);
  const middle = Math.ceil(steps / 2);

  for (let step = firstStep(job) + 1; step <= steps; step++) {
    await pause(job, options.durationMs / steps, step - 1);
    writeLog(job, options, step);
    if (options.steps > 0) job.progress(step / steps, `step ${step} of ${steps}`, { steps: step });
    await leaveResults(job, options, step - 1, step, steps);
    if (step === middle) await goWrong(job, outcome, step);
  }
  if (outcome === "error") throw new JobFailure("the simulated job failed, as it was told", { kind: "transient" });
  if (outcome === "retry") {
    throw new JobFailure("the simulated job asks for another attempt, as it was told", {
      kind: "transient",
      retryable: true,
    });
  }
  if (outcome === "fatal") {
    throw new JobFailure("the simulated job failed for good, as it was told", {
      kind: "fatal",
      detail: `attempt ${job.attempt} of job ${job.jobId}\nparameters: ${job.parameters.names().join(", ")}`,
    });
  }
  if (options.results > 0) await job.result("echo", echo(job), "application/json");
}

function outcomeOf({ attempt }: JobContext, { outcome, faultyAttempts }: Options): Outcome {
  return faultyAttempts > 0 && attempt > faultyAttempts ? "complete" : outcome;
}

/** The step at which an earlier attempt gave the job back. */
function firstStep({ checkpoint }: JobContext): number {
  return checkpoint ? Number(new TextDecoder().decode(checkpoint)) : 0;
}

const checkpointAt = (step: number) => new TextEncoder().encode(String(step));

async function pause(job: JobContext, ms: number, done: number): Promise<void> {
  // No timer for nothing: without a duration this is the benchmark's job.
  if (ms <= 0) return job.signal.throwIfAborted();
  try {
    await wait(ms, job.signal);
  } catch (error) {
    const draining = error instanceof JobInterrupted && (error.code === "draining" || error.code === "stopped");
    if (draining) job.release(error.message, checkpointAt(done));
    throw error;
  }
}

async function goWrong(job: JobContext, outcome: Outcome, step: number): Promise<void> {
  if (outcome === "crash") process.kill(process.pid, "SIGKILL");
  if (outcome === "exit") {
    console.error(`job ${job.jobId} ends its process with exit status 3, as it was told`);
    process.exit(3);
  }
  // Deaf to its signal, as a handler should not be: only the server or the SDK ends it.
  if (outcome === "crash" || outcome === "hang") await new Promise<never>(() => {});
  if (outcome === "release" && !job.checkpoint) job.release("given back, as it was told", checkpointAt(step));
}

/** Each line says where it belongs, so that whoever reads them sees whether one is missing, or is another attempt's. */
function writeLog(job: JobContext, { logs }: Options, step: number): void {
  for (let number = 1; number <= logs; number++) {
    job.log.info(`attempt ${job.attempt}, step ${step}, line ${number} of ${logs}`);
  }
}

/** The results are spread evenly over the steps. */
async function leaveResults(job: JobContext, options: Options, from: number, to: number, steps: number): Promise<void> {
  const due = (step: number) => Math.floor((options.results * step) / steps);
  for (let number = due(from) + 1; number <= due(to); number++) {
    await job.result(`result-${number}`, () => content(options.resultBytes), "text/plain");
  }
}

/** What the job was given, as it arrived here. */
function echo(job: JobContext): string {
  const parameters = job.parameters
    .entries()
    .map(({ name, value, file }) =>
      file ? { name, file: { filename: file.filename, mediaType: file.mediaType, size: file.size } } : { name, value },
    );
  const { jobId, jobType, jobTypeVersion, attempt, runId, owner } = job;
  return JSON.stringify({ jobId, jobType, jobTypeVersion, attempt, runId, owner, parameters }, null, 2);
}
