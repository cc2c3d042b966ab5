/** The ten phases of a job (UWS 1.1, section 2.1.3). */
export const phases = [
  "PENDING",
  "QUEUED",
  "EXECUTING",
  "COMPLETED",
  "ERROR",
  "ABORTED",
  "UNKNOWN",
  "HELD",
  "SUSPENDED",
  "ARCHIVED",
] as const;

export type Phase = (typeof phases)[number];

/** Phases in which an attempt holds a lease and its worker may write. */
export const runningPhases = ["EXECUTING", "UNKNOWN"] as const satisfies readonly Phase[];

/** Phases in which a job waits for a worker to take it. */
export const waitingPhases = ["QUEUED", "SUSPENDED"] as const satisfies readonly Phase[];

/** Phases that no worker, client RUN or ABORT leaves any more. */
export const terminalPhases = ["COMPLETED", "ERROR", "ABORTED", "ARCHIVED"] as const satisfies readonly Phase[];

/** Phases during which a WAIT request blocks (UWS 1.1, section 2.2.1.1). */
export const blockingPhases = ["PENDING", "QUEUED", "EXECUTING"] as const satisfies readonly Phase[];

export function isPhase(value: string): value is Phase {
  return (phases as readonly string[]).includes(value);
}

export function isTerminal(phase: Phase): boolean {
  return (terminalPhases as readonly Phase[]).includes(phase);
}

export function isRunning(phase: Phase): boolean {
  return (runningPhases as readonly Phase[]).includes(phase);
}

export function blocksWait(phase: Phase): boolean {
  return (blockingPhases as readonly Phase[]).includes(phase);
}
