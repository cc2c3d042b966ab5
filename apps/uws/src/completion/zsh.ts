import { type CommandNode, flatten, type OptionNode } from "./command-tree.ts";

/** Completion for zsh: a function for each command, made of zsh's own \`_arguments\` and \`_describe\`. */
export function zshCompletion(root: CommandNode): string {
  return `#compdef uws
# zsh completion for uws:  source <(uws completion zsh)
${flatten(root).map(functionOf).join("\n")}
compdef _uws uws
`;
}

function functionOf(node: CommandNode): string {
  const options = node.options.flatMap((option) => option.flags.map((flag) => optionSpec(flag, option)));
  if (node.commands.length === 0) {
    const rest = node.choices.length > 0 ? `'1:value:(${node.choices.join(" ")})'` : "'*:argument:_files'";
    return `${functionName(node.path)}() {
  _arguments ${[...options, rest].join(" \\\n    ")}
}`;
  }
  const commands = node.commands.map(({ path, description }) => escaped(`${nameOf(path)}:${description}`));
  const branches = node.commands.map(({ path }) => `      ${nameOf(path)}) ${functionName(path)} ;;`);
  return `${functionName(node.path)}() {
  local state line context
  local -a commands=(
    ${commands.join("\n    ")}
  )
  _arguments -C ${[...options, "'1:command:->command'", "'*::argument:->argument'"].join(" \\\n    ")}
  case $state in
    command) _describe command commands ;;
    argument) case $words[1] in
${branches.join("\n")}
    esac ;;
  esac
}`;
}

function functionName(path: string): string {
  return ["_uws", ...path.split(" ").filter(Boolean)].join("_");
}

function nameOf(path: string): string {
  return path.split(" ").at(-1) ?? "";
}

function optionSpec(flag: string, { description, takesValue }: OptionNode): string {
  const text = description.replace(/[[\]:]/g, " ");
  return escaped(`${flag}[${text}]${takesValue ? ":value:_files" : ""}`);
}

function escaped(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
