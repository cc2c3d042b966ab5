import { JobFailure } from "../job-failure.ts";

/** How a process ended. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/**
 * The failure of a job whose process ended without a word of its handler.
 *
 * A crash is the job's own doing and will come again: fatal. A SIGKILL that was not ours is most likely the kernel, short
 * of memory, which depends on what else ran: transient. Neither is tried again unless the worker's author wants it.
 */
export function crashOf(exit: Exit, stderr: string, retryable: boolean): JobFailure {
  const outOfMemory = exit.signal === "SIGKILL";
  const how = exit.signal === null ? `exit status ${exit.code}` : `killed by ${exit.signal}`;
  return new JobFailure(messageOf(exit), {
    kind: outOfMemory ? "transient" : "fatal",
    detail: stderr === "" ? `${how}; nothing on stderr` : `${how}; the end of stderr:\n${stderr}`,
    retryable,
  });
}

function messageOf({ code, signal }: Exit): string {
  if (signal === "SIGKILL") return "the job's process was killed by SIGKILL (out of memory?)";
  if (signal !== null) return `the job's process was killed by ${signal}`;
  if (code === 0) return "the job's process ended with exit status 0, before its handler had returned";
  return `the job's process ended with exit status ${code}`;
}
