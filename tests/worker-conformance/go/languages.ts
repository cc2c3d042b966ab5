import { join } from "node:path";
import { buildGo, type Tool } from "../../support/tools/index.ts";
import type { Language } from "../languages.ts";

const built = (folder: string) => async (): Promise<Tool> => ({
  command: [await buildGo(join(import.meta.dirname, folder))],
  env: {},
});

export const go: readonly Language[] = [
  { name: "Go", kind: "sdk", jobs: "concurrent", prepare: built("sdk-worker") },
  { name: "Go, processes", kind: "sdk", jobs: "process", prepare: built("sdk-worker") },
  { name: "Go, bare", kind: "bare", jobs: "concurrent", prepare: built("bare-worker") },
];
