import type { Tool } from "../support/tools/index.ts";
import { go } from "./go/languages.ts";
import { python } from "./python/languages.ts";
import { typescript } from "./typescript/languages.ts";

/** One kind of worker of one language. */
export interface Language {
  /** For people, and for `--language`. */
  readonly name: string;
  readonly kind: "sdk" | "bare";
  readonly jobs: "concurrent" | "process";
  /** What the worker's program is run by. @throws when the toolchain is not there, and says what is missing */
  readonly prepare: () => Promise<Tool>;
}

export const languages: Readonly<Record<string, readonly Language[]>> = { typescript, python, go };
