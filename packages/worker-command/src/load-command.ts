import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { UwsError } from "@uws/core";
import { parseDescriptionFile } from "@uws/description";
import type { Command } from "./command.ts";
import { parseCommand } from "./parse-command.ts";

/**
 * Loads a job description with its `command` from a YAML or JSON file.
 * @throws UwsError `not_found` when there is no such file, `invalid` with file, line and field of all that is wrong
 */
export async function loadCommand(path: string): Promise<Command> {
  const text = await readFile(path, "utf8").catch((cause) => {
    throw new UwsError("not_found", `${path}: cannot be read`, { cause });
  });
  return parseCommand(parseDescriptionFile(text, path), dirname(resolve(path)));
}
