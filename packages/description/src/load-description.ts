import { readFile } from "node:fs/promises";
import { UwsError } from "@uws/core";
import { type DescriptionFile, parseDescriptionFile } from "./parse-description.ts";

/**
 * Loads a job description from a YAML or JSON file.
 * @throws UwsError `not_found` when there is no such file, `invalid` when it is not a description
 */
export async function loadDescription(path: string): Promise<DescriptionFile> {
  return parseDescriptionFile(await readText(path), path);
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new UwsError("not_found", `${path}: cannot be read`, { cause });
  }
}
