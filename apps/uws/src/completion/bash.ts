import { type CommandNode, flatten } from "./command-tree.ts";

/**
 * Completion for bash 3.2 and later. It walks along the words to the command that they name, and offers its commands or, after
 * a hyphen, its options; anywhere else bash's own file names.
 */
export function bashCompletion(root: CommandNode): string {
  const nodes = flatten(root);
  const cases = (line: (node: CommandNode) => string) => nodes.map(line).filter(Boolean).join("\n");
  return `# bash completion for uws:  source <(uws completion bash)
_uws() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD - 1]}" path="" i
  local words options values
  for ((i = 1; i <= COMP_CWORD; i++)); do
    case "$path" in
${cases((node) => `      ${quoted(node.path)}) words=${quoted([...node.commands.map(nameOf), ...node.choices].join(" "))} ;;`)}
      *) words="" ;;
    esac
    ((i == COMP_CWORD)) && break
    case " $words " in
      *" \${COMP_WORDS[i]} "*) path="\${path:+$path }\${COMP_WORDS[i]}" ;;
    esac
  done
  case "$path" in
${cases(({ path, options }) => {
  const flags = options.flatMap((option) => option.flags).join(" ");
  const values = options.flatMap((option) => (option.takesValue ? option.flags : [])).join(" ");
  return `    ${quoted(path)}) options=${quoted(flags)} values=${quoted(values)} ;;`;
})}
  esac
  COMPREPLY=()
  case " $values " in
    *" $prev "*) COMPREPLY=($(compgen -f -- "$cur")); return ;;
  esac
  if [[ "$cur" == -* ]]; then
    COMPREPLY=($(compgen -W "$options" -- "$cur"))
  elif [[ -n "$words" ]]; then
    COMPREPLY=($(compgen -W "$words" -- "$cur"))
  elif [[ "$cur" == @* ]]; then
    COMPREPLY=($(compgen -f -P @ -- "\${cur#@}"))
  fi
}
complete -o default -F _uws uws
`;
}

function nameOf({ path }: CommandNode): string {
  return path.split(" ").at(-1) ?? "";
}

function quoted(text: string): string {
  return `"${text}"`;
}
