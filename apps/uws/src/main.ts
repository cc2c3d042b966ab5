import { CommanderError } from "commander";
import { CommandError } from "./client/command-error.ts";
import { exitStatus } from "./client/exit-status.ts";
import { note } from "./client/output.ts";
import { printableLines } from "./client/printable.ts";
import { makeProgram } from "./program.ts";

try {
  await makeProgram().parseAsync();
} catch (error) {
  process.exit(report(error));
}

/** What a person can mend is said in a sentence; a stack would hide it. */
function report(error: unknown): number {
  // Commander has said already what is wrong.
  if (error instanceof CommanderError) return error.exitCode === 0 ? exitStatus.done : exitStatus.usage;
  if (!(error instanceof CommandError)) {
    console.error(error instanceof Error ? error.message : error);
    return 1;
  }
  // Of a server, perhaps.
  note(printableLines(error.message));
  return error.status;
}
