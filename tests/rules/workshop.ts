import { cp, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import type { Replacement } from "./rule.ts";

/** Neither needed by a test, nor small. */
const leftOut: readonly string[] = [".git", ".uws", "node_modules"];

/**
 * A copy of the repository in which things may be broken. The links by which workspaces find each other are relative, so
 * that they lead to the copy; what others wrote is shared with the original.
 */
export class Workshop {
  readonly root: string;
  readonly #original: string;

  private constructor(root: string, original: string) {
    this.root = root;
    this.#original = original;
  }

  static async open(original: string): Promise<Workshop> {
    const root = await mkdtemp(join(tmpdir(), "uws-rules-"));
    await cp(original, root, {
      recursive: true,
      verbatimSymlinks: true,
      filter: (path) => !leftOut.includes(relative(original, path)),
    });
    await symlink(join(original, "node_modules"), join(root, "node_modules"));
    return new Workshop(root, original);
  }

  /** Does something while the replacements are in place. */
  async mutated<Outcome>(replacements: readonly Replacement[], work: () => Promise<Outcome>): Promise<Outcome> {
    const files = new Set(replacements.map(({ file }) => file));
    try {
      for (const { file, text, by } of replacements) {
        const path = join(this.root, file);
        await writeFile(path, mutate(await readFile(path, "utf8"), text, by, file));
      }
      return await work();
    } finally {
      for (const file of files) await cp(join(this.#original, file), join(this.root, file));
    }
  }

  async close(): Promise<void> {
    await rm(this.root, { recursive: true, force: true });
  }
}

/** @throws Error when the text is not there, or more than once */
export function mutate(source: string, text: string, by: string, file: string): string {
  const pieces = source.split(text);
  if (pieces.length !== 2) throw new Error(`${file}: occurs ${pieces.length - 1} times, not once: ${text}`);
  return pieces.join(by);
}
