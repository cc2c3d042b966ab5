import type { Command, Option } from "commander";

/** What a shell needs to know of a command. */
export interface CommandNode {
  /** As it is typed after `uws`: `tokens add`; empty for `uws` itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly CommandNode[];
  readonly options: readonly OptionNode[];
  /** Words that its first argument may be; empty where anything may. */
  readonly choices: readonly string[];
}

export interface OptionNode {
  /** `--output`, and `-o` where there is one. */
  readonly flags: readonly string[];
  readonly description: string;
  /** Whether a value follows: then the next word is not completed as a command or an option. */
  readonly takesValue: boolean;
}

/** Reads a command with all that is below it. */
export function commandTree(command: Command, path = ""): CommandNode {
  const help = command.createHelp();
  const below = (child: Command) => [path, child.name()].filter(Boolean).join(" ");
  return {
    path,
    description: firstSentence(command.description()),
    commands: help.visibleCommands(command).map((child) => commandTree(child, below(child))),
    options: help.visibleOptions(command).map(optionNode),
    choices: command.registeredArguments[0]?.argChoices ?? [],
  };
}

/** All commands of a tree, itself first. */
export function flatten(node: CommandNode): CommandNode[] {
  return [node, ...node.commands.flatMap(flatten)];
}

function optionNode({ short, long, description, required, optional }: Option): OptionNode {
  return {
    flags: [long, short].filter((flag) => flag !== undefined),
    description: firstSentence(description),
    takesValue: required || optional,
  };
}

function firstSentence(text: string): string {
  return text.split(/[;(\n]/)[0]?.trim() ?? "";
}
