import { join } from "node:path";
import { pythonForWorkers, type Tool } from "../../support/tools/index.ts";
import type { Language } from "../languages.ts";

const script = (name: string) => async (): Promise<Tool> => ({
  command: [await pythonForWorkers(), join(import.meta.dirname, name)],
  env: {},
});

export const python: readonly Language[] = [
  { name: "Python", kind: "sdk", jobs: "concurrent", prepare: script("sdk_worker.py") },
  { name: "Python, processes", kind: "sdk", jobs: "process", prepare: script("sdk_worker.py") },
  { name: "Python, bare", kind: "bare", jobs: "concurrent", prepare: script("bare_worker.py") },
];
