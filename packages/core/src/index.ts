/** What a job is and how it lives. No I/O, no framework, nothing of ours imported. */
export { type CheckedResult, checkReference, checkResult, storable } from "./checked-result.ts";
export { type Clock, systemClock } from "./clock.ts";
export { type ErrorCode, UwsError } from "./errors.ts";
export { fileEnding } from "./file-ending.ts";
export type { Bound, InputParameter } from "./input-parameter.ts";
export { cutValue, type InvalidParameter } from "./invalid-parameter.ts";
export type { ErrorSummary, Job, JobReference, Parameter, Progress, Result, Upload } from "./job.ts";
export { limits } from "./limits.ts";
export {
  blockingPhases,
  blocksWait,
  isPhase,
  isRunning,
  isTerminal,
  type Phase,
  phases,
  runningPhases,
  terminalPhases,
  waitingPhases,
} from "./phase.ts";
export { Remembered } from "./remembered.ts";
export { type Move, phaseAfter, transitions } from "./transition.ts";
