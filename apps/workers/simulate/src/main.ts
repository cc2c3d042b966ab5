import { readFile } from "node:fs/promises";
import { processPerJob, startWorker } from "@uws/worker";
import { descriptionFile, simulate } from "./index.ts";

/** What crashes is a job then, and no worker. */
const perJob = process.env.UWS_PROCESS_PER_JOB === "1";
const ownProcess = processPerJob(new URL("./handler.ts", import.meta.url), { export: "simulate" });

await startWorker({
  name: "simulate",
  slots: Number(process.env.UWS_SLOTS ?? 8),
  jobs: { simulate: perJob ? ownProcess : simulate },
  descriptions: [await readFile(descriptionFile, "utf8")],
});
