import { readFile } from "node:fs/promises";
import { startWorker } from "@uws/worker";
import { descriptionFile, simulate } from "./index.ts";

await startWorker({
  name: "simulate",
  slots: Number(process.env.UWS_SLOTS ?? 8),
  jobs: { simulate },
  descriptions: [await readFile(descriptionFile, "utf8")],
});
