import { type CommandNode, flatten } from "./command-tree.ts";

/** Completion for fish: a line for each command and option, with the condition under which it is offered. */
export function fishCompletion(root: CommandNode): string {
  return `# fish completion for uws:  uws completion fish | source
complete -c uws -f
${flatten(root).flatMap(linesOf).join("\n")}
`;
}

function linesOf(node: CommandNode): string[] {
  const names = node.commands.map(({ path }) => nameOf(path));
  const here = condition(node);
  const offered = [
    ...node.commands.map(({ path, description }) => `-a ${nameOf(path)} -d ${quoted(description)}`),
    ...node.choices.map((choice) => `-a ${choice}`),
  ];
  const unnamed =
    names.length === 0
      ? here
      : [here, `not __fish_seen_subcommand_from ${names.join(" ")}`].filter(Boolean).join("; and ");
  // What a leaf takes beside its options may well be a file.
  const files =
    node.commands.length === 0 && node.choices.length === 0 ? [`complete -c uws -n ${quoted(here)} -F`] : [];
  return [
    ...offered.map((rest) => `complete -c uws -n ${quoted(unnamed)} ${rest}`),
    ...files,
    ...node.options.map(({ flags, description, takesValue }) => {
      const names = flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`));
      const value = takesValue ? " -r -F" : "";
      return `complete -c uws -n ${quoted(here || "true")} ${names.join(" ")}${value} -d ${quoted(description)}`;
    }),
  ];
}

function condition({ path }: CommandNode): string {
  return path
    .split(" ")
    .filter(Boolean)
    .map((name) => `__fish_seen_subcommand_from ${name}`)
    .join("; and ");
}

function nameOf(path: string): string {
  return path.split(" ").at(-1) ?? "";
}

function quoted(text: string): string {
  return `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'")}'`;
}
