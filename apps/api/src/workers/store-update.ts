import { newBlobKey } from "@uws/blobs";
import { checkReference, checkResult, limits, type Phase, storable, UwsError } from "@uws/core";
import {
  type AttemptEvents,
  type AttemptRef,
  addResult,
  completeAttempts,
  failAttempts,
  recordEvents,
  releaseAttempts,
  renewLeases,
} from "@uws/store";
import type { Api } from "../dependencies.ts";

/** What a worker says of its job in one request, as `updateSchema` has it. */
export interface JobUpdate {
  readonly sequence?: number;
  readonly log?: readonly { readonly level?: "debug" | "info" | "warn" | "error"; readonly message: string }[];
  readonly progress?: {
    readonly fraction: number;
    readonly message?: string;
    readonly counters?: Readonly<Record<string, number>>;
  };
  /** Base64. */
  readonly checkpoint?: string;
  readonly results?: readonly ResultUpdate[];
  readonly phase?: "COMPLETED" | "ERROR";
  readonly error?: {
    readonly message: string;
    readonly type?: "fatal" | "transient";
    readonly detail?: string;
    readonly retryable?: boolean;
    /** Seconds. */
    readonly retryDelay?: number;
  };
  readonly release?: { readonly reason?: string };
}

type ResultUpdate = { readonly id: string; readonly mediaType?: string } & (
  | { readonly href: string; readonly size?: number }
  | { readonly content: string }
);

/** What came of it. */
export interface Stored {
  readonly phase: Phase;
  /** Number of the last event that is stored. */
  readonly sequence: number;
}

/**
 * Stores an update by the commands that the gateway uses, behind the same fence, and tells the same news. First the lease is
 * renewed, then events are stored, then the end: a request that broke off in the middle can be repeated where it has sequence
 * numbers, since what is stored is not stored again.
 * @throws UwsError "fenced"; "conflict" where events are missing; "invalid", "too_large"
 */
export async function storeUpdate(api: Api, attempt: AttemptRef, update: JobUpdate): Promise<Stored> {
  const results = (update.results ?? []).map(checked);
  const [renewed] = await renewLeases(api.store, [attempt], api.config.timing.lease);
  if (renewed === undefined) throw fenced();
  if (renewed.heardAgain) api.dispatch.news.tell([{ id: attempt.job, phase: "EXECUTING" }]);
  const stored = renewed.eventSequence;
  const first = update.sequence ?? stored + 1;
  if (first > stored + 1) {
    throw new UwsError("conflict", `sequence=${first}: events are missing; the last that is stored is ${stored}`);
  }
  const { events, next } = eventsOf(attempt, update, first, stored);
  if (events !== undefined) {
    if ((await recordEvents(api.store, [events])).length === 0) throw fenced();
    api.dispatch.news.tell([{ id: attempt.job }]);
  }
  for (const [index, result] of results.entries()) {
    if (next + index > stored) await storeResult(api, attempt, result, next + index);
  }
  const sequence = Math.max(stored, next + results.length - 1);
  return { phase: await end(api, attempt, update), sequence };
}

/** The events but for results, of which each has a statement of its own; and the number behind them. */
function eventsOf(
  attempt: AttemptRef,
  { log = [], progress, checkpoint }: JobUpdate,
  first: number,
  stored: number,
): { readonly events: AttemptEvents | undefined; readonly next: number } {
  const lines = log.map(({ level = "info", message }, index) => ({
    sequence: first + index,
    level,
    message: storable(message),
  }));
  const next = first + lines.length + (progress === undefined ? 0 : 1) + (checkpoint === undefined ? 0 : 1);
  if (next - 1 <= stored) return { events: undefined, next };
  const counters = Object.entries(progress?.counters ?? {}).map(([name, count]) => [storable(name, 100), count]);
  return {
    next,
    events: {
      ...attempt,
      sequence: next - 1,
      log: lines.filter((line) => line.sequence > stored),
      progress:
        progress === undefined
          ? null
          : {
              fraction: progress.fraction,
              message: storable(progress.message ?? ""),
              counters: Object.fromEntries(counters),
            },
      checkpoint: checkpoint ?? null,
    },
  };
}

/** A result that can be stored: checked before anything is. */
function checked(result: ResultUpdate) {
  const about = checkResult(result.id, result.mediaType ?? ("content" in result ? "text/plain; charset=utf-8" : ""));
  if ("href" in result) return { ...about, reference: checkReference(result.href), size: result.size };
  const bytes = new TextEncoder().encode(result.content);
  if (bytes.length <= limits.inlineResultBytes) return { ...about, bytes };
  throw new UwsError(
    "too_large",
    `Result ${about.id} has ${bytes.length} bytes; at most ${limits.inlineResultBytes} are allowed here: keep it elsewhere, and send its href.`,
  );
}

async function storeResult(
  { store, blobs, dispatch }: Api,
  attempt: AttemptRef,
  { id, mediaType, ...content }: ReturnType<typeof checked>,
  sequence: number,
): Promise<void> {
  let result: Parameters<typeof addResult>[2];
  let key: string | undefined;
  if ("bytes" in content) {
    const location = await blobs.put(newBlobKey(attempt.job), once(content.bytes), limits.resultBytes);
    key = location.key;
    result = { id, mediaType, size: location.size, location };
  } else {
    result = { id, mediaType, size: content.size, location: { reference: content.reference } };
  }
  try {
    const outcome = await addResult(store, attempt, result, sequence);
    if (outcome === "fenced") throw fenced();
    if (outcome === "full") throw new UwsError("too_large", `A job has at most ${limits.results} results.`);
  } catch (error) {
    if (key !== undefined) await blobs.delete(key);
    throw error;
  }
  dispatch.news.tell([{ id: attempt.job }]);
}

/** The last word, if this is it. @returns the phase of the job */
async function end({ store, dispatch }: Api, attempt: AttemptRef, update: JobUpdate): Promise<Phase> {
  const { phase, error, release } = update;
  let ended: readonly { readonly type: string; readonly phase: Phase }[];
  if (phase === "COMPLETED") {
    ended = (await completeAttempts(store, [attempt])).map(({ type }) => ({ type, phase }));
  } else if (phase === "ERROR") {
    const { message = "The job failed.", type = "fatal", detail = "", retryable = false, retryDelay = 0 } = error ?? {};
    const failure = { type, retryable, retryDelay: retryDelay * 1000 };
    const said = { message: storable(message), detail: storable(detail, limits.detailLength) };
    ended = await failAttempts(store, [{ ...attempt, ...failure, ...said }]);
  } else if (release !== undefined) {
    ended = await releaseAttempts(store, [{ ...attempt, reason: storable(release.reason ?? ""), checkpoint: null }]);
  } else return "EXECUTING";
  const [job] = ended;
  if (job === undefined) throw fenced();
  dispatch.news.tell([{ id: attempt.job, phase: job.phase }]);
  // It may wait again, and there may be room for another one.
  dispatch.doorbell.ring(job.type);
  return job.phase;
}

function fenced(): UwsError {
  return new UwsError("fenced", "The attempt no longer holds its job.");
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}
