import { exitStatus } from "./exit-status.ts";

/** Ends a command with a sentence for a person and a status for a script. */
export class CommandError extends Error {
  override readonly name = "CommandError";
  readonly status: number;

  constructor(message: string, status: number = exitStatus.failed, options?: ErrorOptions) {
    super(message, options);
    this.status = status;
  }
}

/** What was typed cannot be understood. */
export function usageError(message: string): CommandError {
  return new CommandError(message, exitStatus.usage);
}
