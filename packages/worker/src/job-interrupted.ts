/**
 * Why a job's signal was aborted.
 *
 * - `aborted`, `timed-out`, `destroyed`: the server cancelled the attempt.
 * - `fenced`: the attempt is no longer ours; another one may be running.
 * - `lease-lost`: the server was out of reach for so long that the attempt has probably been given to somebody else.
 * - `draining`, `stopped`: this worker is about to end; the job goes back to the server.
 */
export type InterruptionCode = "aborted" | "timed-out" | "destroyed" | "fenced" | "lease-lost" | "draining" | "stopped";

const messages: Record<InterruptionCode, string> = {
  aborted: "the job was aborted",
  "timed-out": "the job exceeded its execution duration",
  destroyed: "the job was destroyed",
  fenced: "the attempt is no longer valid, another one may be running",
  "lease-lost": "the server was out of reach for longer than the lease",
  draining: "the worker is draining",
  stopped: "the worker was stopped",
};

/** The reason of `JobContext.signal`, and what `result()` and downloads reject with once it is aborted. */
export class JobInterrupted extends Error {
  override readonly name = "JobInterrupted";
  readonly code: InterruptionCode;

  constructor(code: InterruptionCode) {
    super(messages[code]);
    this.code = code;
  }
}
