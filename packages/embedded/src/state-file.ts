import { readFile, rename, rm, writeFile } from "node:fs/promises";
import { EmbeddedError } from "./error.ts";

/** Reads a small JSON file of ours; undefined when there is none. It was written whole or not at all. */
export async function readState<T>(path: string, parse: (value: Record<string, unknown>) => T): Promise<T | undefined> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw new EmbeddedError("bad-data", `cannot read ${path}: does the data directory belong to another user?`, {
      cause: error,
    });
  }
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value === "object" && value !== null) return parse({ ...value });
  } catch (error) {
    throw new EmbeddedError("bad-data", `${path} is damaged`, { cause: error });
  }
  throw new EmbeddedError("bad-data", `${path} is damaged`);
}

/** Writes the file so that a crash leaves the old or the new one. It may hold passwords: only its owner reads it. */
export async function writeState(path: string, value: object): Promise<void> {
  const fresh = `${path}.${process.pid}.new`;
  await rm(fresh, { force: true });
  await writeFile(fresh, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600, flag: "wx" });
  await rename(fresh, path);
}
