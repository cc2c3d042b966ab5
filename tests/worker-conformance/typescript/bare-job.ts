/**
 * What the jobs of bare-worker.ts do: the kit's steps, in the messages of worker.proto. Your own worker has its handler
 * here, which says what happens (`event`, `result`) and how it ended (`finish`), and heeds `signal`.
 */
import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import type { Attempt } from "./bare-worker.ts";
import { runSteps, type StepParameter } from "./steps.ts";

// biome-ignore lint/suspicious/noExplicitAny: without generated types a message is whatever worker.proto says
export type Message = any;

const { UWS_GATEWAY, UWS_TOKEN, UWS_SLOTS, UWS_INSTANCE, UWS_DRAIN_MS, UWS_REFUSED_MS, UWS_MAX_REFUSALS } = process.env;

/** Who the worker is, and what it runs. */
export const identity = {
  workerName: hostname(),
  instanceId: UWS_INSTANCE ?? randomUUID(),
  sdk: "bare-worker-ts",
  jobTypes: ["conformance", "other"],
};

/** What the kit asks of it, or what is usual. */
export const settings = {
  gateway: UWS_GATEWAY,
  token: UWS_TOKEN,
  slots: Number(UWS_SLOTS ?? 1),
  /** How long a drain waits for jobs. */
  drainMs: Number(UWS_DRAIN_MS ?? 25_000),
  /** Between tries while the gateway refuses the worker. */
  refusedMs: Number(UWS_REFUSED_MS ?? 30_000),
  /** So many refusals in a row are final. */
  maxRefusals: Number(UWS_MAX_REFUSALS ?? 10),
};

/** Runs a job and says how it ended. Never rejects. */
export async function runJob(assign: Message, attempt: Attempt): Promise<void> {
  const { signal } = attempt;
  const { jobId, jobType, jobTypeVersion: version, attempt: count, checkpoint, traceContext } = assign;
  let furthest = 0;
  let saved: Uint8Array | undefined;
  try {
    await runSteps({
      parameters: assign.parameters.map((parameter: Message) => parameterOf(parameter, attempt)),
      facts: {
        ...{ jobId, runId: assign.runId || null, owner: assign.owner || null, jobType, version, attempt: count },
        ...{ timeAllowedMs: assign.timeAllowedMs || null, traceparent: traceContext.traceparent ?? null },
      },
      checkpoint,
      signal,
      reason: () => String(signal.reason).toLowerCase(),
      hasOwnThread: false,
      progress: (fraction, message) => {
        furthest = Math.max(furthest, fraction);
        return attempt.event({ progress: { fraction: furthest, message } });
      },
      log: (level, message) => attempt.event({ log: { level: level.toUpperCase(), message } }),
      result: (id, mediaType, data) => attempt.result(id, mediaType, data),
      reference: (id, reference) => attempt.event({ result: { id, mediaType: "text/plain", reference } }),
      saveCheckpoint: (state) => {
        saved = state;
        return attempt.event({ checkpoint: { state } });
      },
      fail: (kind, message, retryDelayMs) => {
        const retry = retryDelayMs === undefined ? {} : { retryable: true, retryDelayMs };
        throw new JobEnd("fail", { kind: kind.toUpperCase(), message, ...retry });
      },
      release: (reason) => {
        throw new JobEnd("release", { reason, checkpoint: saved });
      },
    });
    attempt.finish("complete");
  } catch (error) {
    if (error instanceof JobEnd) attempt.finish(error.kind, error.content);
    else attempt.finish("fail", { kind: "FATAL", message: (error as Error).message, detail: (error as Error).stack });
  }
}

function parameterOf({ name, value, uploaded }: Message, attempt: Attempt): StepParameter {
  if (!uploaded) return { name, value };
  return { name, file: { mediaType: uploaded.mediaType, bytes: () => attempt.download(name) } };
}

/** Thrown by a step that ends its job. */
class JobEnd extends Error {
  readonly kind: "fail" | "release";
  readonly content: Message;

  constructor(kind: "fail" | "release", content: Message) {
    super();
    this.kind = kind;
    this.content = content;
  }
}
