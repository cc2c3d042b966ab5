import type { ParameterEntry } from "@uws/worker";
import type { Command } from "./command.ts";
import { commandLine } from "./command-line.ts";
import { fillSingle } from "./fill.ts";
import { limitStates } from "./limits.ts";
import { onlyParameter } from "./template.ts";

/** What stands for the working directory, which is made for each job. */
const work = "/WORKDIR";

/**
 * What a job with these parameters would run, for a person: environment, files, and the command line as a shell would be given it.
 * @throws JobFailure when such a job would be refused
 */
export function preview(
  command: Command,
  parameters: readonly ParameterEntry[],
  own: Readonly<Record<string, string | undefined>>,
): string {
  const limits = limitStates(command.limits).filter(({ by }) => by !== undefined);
  const job = { jobId: "JOB", attempt: 1, parameters, work };
  const { line, environment, inputs, filling } = commandLine(command, job, limits, own);
  const stdin = command.stdin === undefined ? undefined : fillSingle(command.stdin, filling);
  const isFile =
    command.stdin !== undefined && inputs.some(({ path }) => path === stdin) && onlyParameter(command.stdin);
  return [
    `cd ${work}`,
    ...inputs.map(({ path, content }) =>
      typeof content === "string" ? `# ${path}: ${quoted(content)}` : `# ${path}: the file ${quoted(content.filename)}`,
    ),
    ...(stdin === undefined ? [] : [isFile ? `# stdin: ${stdin}` : `# stdin: the text ${quoted(stdin)}`]),
    ["env -i", ...Object.entries(environment).map(([name, value]) => `${name}=${quoted(value)}`), "\\"].join(" "),
    `  ${line.map(quoted).join(" ")}`,
  ].join("\n");
}

/** As a POSIX shell reads it back. */
function quoted(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", `'\\''`)}'`;
}
