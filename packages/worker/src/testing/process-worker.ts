/** A worker that runs every job in a process of its own; a program for tests, bundled or not. The types are the handlers' names. */
import { extname } from "node:path";
import { processPerJob } from "../job-process/process-per-job.ts";
import { startWorker } from "../worker.ts";

const module = new URL(`./process-handlers${extname(import.meta.url)}`, import.meta.url);
const names = ["everything", "fails", "exits", "busy", "obedient", "waitsForFile"];

await startWorker({
  name: "process-worker",
  slots: 4,
  jobs: Object.fromEntries(names.map((name) => [name, processPerJob(module, { export: name })])),
});
