import { Argument, Command } from "commander";
import { bashCompletion } from "./bash.ts";
import { commandTree } from "./command-tree.ts";
import { fishCompletion } from "./fish.ts";
import { zshCompletion } from "./zsh.ts";

const shells = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;
type Shell = keyof typeof shells;

/** `completion SHELL`: a script that lets a shell complete commands and options. It is made from the commands themselves. */
export function completionCommand(program: () => Command): Command {
  return new Command("completion")
    .description("write a script by which a shell completes commands: source <(uws completion bash)")
    .addArgument(new Argument("<shell>", "which shell").choices(Object.keys(shells)))
    .action((shell: Shell) => {
      process.stdout.write(shells[shell](commandTree(program())));
    });
}
