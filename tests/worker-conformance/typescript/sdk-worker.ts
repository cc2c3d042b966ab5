/** The conformance worker of the TypeScript SDK; see ../README.md. */
import { extname } from "node:path";
import { processPerJob, startWorker } from "@uws/worker";
import { conformance } from "./handler.ts";

const { UWS_JOBS, UWS_SLOTS, UWS_INSTANCE, UWS_DRAIN_MS, UWS_REFUSED_MS, UWS_MAX_REFUSALS } = process.env;
const module = new URL(`./handler${extname(import.meta.url)}`, import.meta.url);
const handler = UWS_JOBS === "process" ? processPerJob(module, { export: "conformance" }) : conformance;

await startWorker({
  jobs: { conformance: handler, other: handler },
  slots: Number(UWS_SLOTS ?? 1),
  ...(UWS_INSTANCE && { instanceId: UWS_INSTANCE }),
  ...(UWS_DRAIN_MS && { drainTimeoutMs: Number(UWS_DRAIN_MS) }),
  ...(UWS_REFUSED_MS && { refusedDelayMs: Number(UWS_REFUSED_MS) }),
  ...(UWS_MAX_REFUSALS && { maxRefusals: Number(UWS_MAX_REFUSALS) }),
});
