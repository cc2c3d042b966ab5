import { isTerminal, type Job, type Phase, UwsError } from "@uws/core";
import { formatTime, jobJson } from "@uws/representation";
import { listLogLines } from "@uws/store";
import { findJob, type ServiceExchange, thisJobUrl } from "../exchange.ts";
import { waitAtMost } from "../wait-at-most.ts";
import type { Watch } from "../waiters.ts";
import { formatPosition, type LogPosition } from "./log-position.ts";

export interface JobEvent {
  readonly type: "phase" | "progress" | "result" | "log" | "end";
  readonly data: object;
  readonly id: string;
}

/** Milliseconds between two looks at a job, at least: a worker may report much more often than anybody can read. */
const pace = 100;
/** Log lines read at a time. */
const logPage = 500;

/** What the reader of a stream knows of the job already. */
interface Told {
  phase: Phase | undefined;
  progress: string;
  /** Results by id, as they were told. */
  readonly results: Map<string, string>;
  position: LogPosition;
}

/**
 * What happens to a job: first how it is, then what changes, until its phase is terminal or it is gone. Yields undefined
 * when nothing has happened for a while.
 * @param after log lines up to there are known
 */
export async function* jobEvents(
  exchange: ServiceExchange,
  watch: Watch,
  first: Job,
  after: LogPosition,
  left: AbortSignal,
): AsyncGenerator<JobEvent | undefined, void, void> {
  const { stopping, config } = exchange.api;
  const heartbeat = config.waiting.eventHeartbeat;
  const told: Told = { phase: undefined, progress: "null", results: new Map(), position: after };
  let job: Job | undefined = first;
  for (;;) {
    if (job === undefined) {
      yield { type: "end", data: { phase: null }, id: formatPosition(told.position) };
      return;
    }
    watch.saw(job.phase);
    yield* news(exchange, job, told);
    if (isTerminal(job.phase)) return;
    await waitAtMost(new Promise(() => {}), pace, stopping, left);
    const quietSince = performance.now();
    await waitAtMost(watch.changed(), heartbeat, left);
    if (stopping.aborted || left.aborted) return;
    if (performance.now() - quietSince >= heartbeat) yield undefined;
    watch.rearm();
    job = await lookAgain(exchange);
  }
}

/** The difference between the job and what was told of it. The end of a job is told last. */
async function* news(exchange: ServiceExchange, job: Job, told: Told): AsyncGenerator<JobEvent, void, void> {
  const event = (type: JobEvent["type"], data: object): JobEvent => ({ type, data, id: formatPosition(told.position) });
  const ended = isTerminal(job.phase);
  const phase = { jobId: job.id, phase: job.phase, attempt: job.attempt };
  const json = jobJson(job, { url: thisJobUrl(exchange) });
  if (job.phase !== told.phase && !ended) yield event("phase", phase);
  told.phase = job.phase;

  const progress = JSON.stringify(json.progress);
  if (progress !== told.progress && json.progress !== null) yield event("progress", json.progress);
  told.progress = progress;

  for await (const line of newLines(exchange, job.id, told)) yield event("log", line);

  for (const id of told.results.keys()) if (!job.results.some((result) => result.id === id)) told.results.delete(id);
  for (const result of json.results) {
    const shown = JSON.stringify(result);
    if (told.results.get(result.id) !== shown) yield event("result", result);
    told.results.set(result.id, shown);
  }
  if (!ended) return;
  yield event("phase", phase);
  yield event("end", { phase: job.phase });
}

async function* newLines({ api }: ServiceExchange, id: string, told: Told): AsyncGenerator<object, void, void> {
  for (;;) {
    const lines = await listLogLines(api.store, id, told.position, logPage);
    for (const { attempt, sequence, time, level, message } of lines) {
      told.position = { attempt, sequence };
      yield { attempt, time: formatTime(time), level, message };
    }
    if (lines.length < logPage) return;
  }
}

async function lookAgain(exchange: ServiceExchange): Promise<Job | undefined> {
  try {
    return await findJob(exchange);
  } catch (error) {
    if (error instanceof UwsError && error.code === "not_found") return undefined;
    throw error;
  }
}
