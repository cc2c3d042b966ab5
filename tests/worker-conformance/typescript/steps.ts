import { existsSync, writeFileSync } from "node:fs";
import { setTimeout as wait } from "node:timers/promises";

export type StepLevel = "debug" | "info" | "warn" | "error";

/** A parameter of a job, with its name as the client wrote it. */
export interface StepParameter {
  readonly name: string;
  readonly value?: string | undefined;
  readonly file?: { readonly mediaType: string; bytes(): Promise<Uint8Array> } | undefined;
}

/** A job as the steps see it, whoever runs it. */
export interface StepJob {
  readonly parameters: readonly StepParameter[];
  /** What the step `job` tells, null where the server said nothing. */
  readonly facts: Readonly<Record<string, string | number | null>>;
  /** What an earlier attempt left. */
  readonly checkpoint: Uint8Array | undefined;
  readonly signal: AbortSignal;
  /** Why the signal was aborted, in the words of the README. */
  reason(): string;
  /** Whether the handler may keep its thread to itself. */
  readonly hasOwnThread: boolean;
  /** What may have to wait for a server that is slow is a promise. */
  progress(fraction: number, message: string): void | Promise<void>;
  log(level: StepLevel, message: string): void | Promise<void>;
  result(id: string, mediaType: string, data: Uint8Array): Promise<void>;
  reference(id: string, url: string): Promise<void>;
  saveCheckpoint(state: Uint8Array): void | Promise<void>;
  fail(kind: "transient" | "fatal", message: string, retryDelayMs?: number): never;
  release(reason: string): never;
}

/** Does what the parameters named DO say, in order; see ../README.md. */
export async function runSteps(job: StepJob): Promise<void> {
  for (const { name, value } of job.parameters) {
    if (name.toLowerCase() === "do" && value !== undefined) await runStep(job, value);
  }
}

async function runStep(job: StepJob, step: string): Promise<void> {
  const [word = "", rest] = cut(step);
  const [first = "", second] = cut(rest);
  switch (word) {
    case "progress":
      return await job.progress(Number(first), second);
    case "log":
      return await job.log(first as StepLevel, second);
    case "result": {
      const [mediaType, content] = cut(second);
      return await job.result(first, mediaType, Buffer.from(content));
    }
    case "bytes":
      return await job.result(first, "application/octet-stream", numbered(Number(second)));
    case "reference":
      return await job.reference(first, second);
    case "parameters": {
      const parameters = job.parameters.map(({ name, value }) => [name, value ?? null]);
      return await job.result(first, "application/json", Buffer.from(JSON.stringify(parameters)));
    }
    case "copy": {
      const file = job.parameters.find(({ name, file }) => file && name.toLowerCase() === first.toLowerCase())?.file;
      if (!file) return job.fail("fatal", `no file ${first}`);
      return await job.result(second, file.mediaType, await file.bytes());
    }
    case "job":
      return await job.result(first, "application/json", Buffer.from(JSON.stringify(job.facts)));
    case "checkpoint":
      return await job.saveCheckpoint(Buffer.from(rest));
    case "resumed":
      return await job.result(first, "text/plain", job.checkpoint ?? new Uint8Array());
    case "wait":
      while (!existsSync(rest)) await wait(20, undefined, { signal: job.signal });
      return;
    case "deaf":
      if (job.hasOwnThread) while (!existsSync(rest)) block(20);
      else while (!existsSync(rest)) await wait(20);
      return;
    case "tidy":
      if (!job.signal.aborted)
        await new Promise((resolve) => job.signal.addEventListener("abort", resolve, { once: true }));
      writeFileSync(rest, job.reason());
      return job.signal.throwIfAborted();
    case "pid":
      return writeFileSync(rest, String(process.pid));
    case "fail":
      return job.fail(first as "transient" | "fatal", second);
    case "retry":
      return job.fail("transient", second, Number(first));
    case "throw":
      throw new Error(rest);
    case "stderr":
      return console.error(rest);
    case "exit":
      return process.exit(Number(rest));
    case "release":
      return job.release(rest);
    default:
      return job.fail("fatal", `unknown step: ${step}`);
  }
}

/** The text before the first space, and the text after it. */
function cut(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at === -1 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function numbered(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => index % 251);
}

/** Blocks the thread. */
function block(ms: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);
}
