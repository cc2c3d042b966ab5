import type { Environment } from "./command.ts";
import { type Filling, fillSingle, passable } from "./fill.ts";

/** By this variable the processes of a job are found, whatever group or session they have made their own. */
export const markVariable = "UWS_COMMAND_MARK";

/** Where programs are looked for unless the description says otherwise. */
export const defaultPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** Variables of every command, which `inherit` and `set` may change. */
export function baseEnvironment(work: string, temporary: string): Record<string, string> {
  return { PATH: defaultPath, HOME: work, TMPDIR: temporary, LANG: "C.UTF-8" };
}

/**
 * The whole environment of a command: what every one has, what is inherited by name, what is set. Nothing else.
 * @param own that of the worker
 */
export function fillEnvironment(
  { inherit, set }: Environment,
  filling: Filling,
  base: Readonly<Record<string, string>>,
  own: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const environment: Record<string, string> = { ...base };
  for (const name of inherit) {
    const value = own[name];
    if (value !== undefined) environment[name] = value;
  }
  for (const [name, template] of set) {
    const value = fillSingle(template, filling);
    if (value !== undefined) environment[name] = passable(value, `the variable ${name}`);
  }
  return environment;
}
