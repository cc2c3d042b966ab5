import { join } from "node:path";
import type { Language } from "../languages.ts";
import { bundle } from "./bundle.ts";

const bun = (program: string) => async () => ({
  command: [process.execPath, join(import.meta.dirname, program)],
  env: {},
});

export const typescript: readonly Language[] = [
  { name: "TypeScript", kind: "sdk", jobs: "concurrent", prepare: bun("sdk-worker.ts") },
  { name: "TypeScript, processes", kind: "sdk", jobs: "process", prepare: bun("sdk-worker.ts") },
  { name: "TypeScript on Node", kind: "sdk", jobs: "concurrent", prepare: bundle },
  { name: "TypeScript on Node, processes", kind: "sdk", jobs: "process", prepare: bundle },
  { name: "TypeScript, bare", kind: "bare", jobs: "concurrent", prepare: bun("bare-worker.ts") },
];
