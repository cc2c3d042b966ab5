/** The ready-made worker: job types that are command lines, without code. */
export type { Command, Limits, Output } from "./command.ts";
export { type CommandHost, commandHandler } from "./command-handler.ts";
export { type LimitState, limitStates } from "./limits.ts";
export { loadCommand } from "./load-command.ts";
export { parseCommand } from "./parse-command.ts";
export { prepareCommand } from "./prepare-command.ts";
export { preview } from "./preview.ts";
export { type CommandWorkerOptions, startCommandWorker } from "./start-command-worker.ts";
