import { Command } from "commander";
import { clientCommands } from "./client/index.ts";
import { completionCommand } from "./completion/index.ts";
import { descriptionsCommand } from "./descriptions.ts";
import { importDescriptionCommand } from "./import-description.ts";
import { pauseCommands, suspendCommands } from "./pause.ts";
import { serverCommands } from "./server-commands.ts";
import { tokensCommand } from "./tokens.ts";
import { usersCommand } from "./users.ts";
import { workerCommand } from "./worker.ts";

/** All commands. A failure to understand one is thrown, not ended with, so that one place decides on the exit status. */
export function makeProgram(): Command {
  const program = new Command("uws").description("A server for long-running jobs (IVOA UWS 1.1), and a client of any");
  const groups: readonly (readonly [heading: string, commands: readonly Command[]])[] = [
    ["Jobs, on any UWS server:", clientCommands()],
    ["Serve:", [...serverCommands(), workerCommand()]],
    [
      "Operate:",
      [
        tokensCommand(),
        usersCommand(),
        ...pauseCommands(),
        ...suspendCommands(),
        descriptionsCommand(),
        importDescriptionCommand(),
      ],
    ],
    ["Shell:", [completionCommand(() => program)]],
  ];
  for (const [heading, commands] of groups) {
    for (const command of commands) program.addCommand(command.helpGroup(heading));
  }
  throwing(program);
  return program;
}

function throwing(command: Command): void {
  command.exitOverride().showSuggestionAfterError();
  for (const child of command.commands) throwing(child);
}
