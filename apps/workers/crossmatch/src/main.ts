import { startWorker } from "@uws/worker";
import { crossmatch } from "./handler.ts";
import { loadSpatialIndex } from "./spatial-index.ts";

// Before the first job, so that it does not wait for the catalogue, and so that a missing one is seen at once.
await loadSpatialIndex();
await startWorker({ name: "crossmatch", slots: 4, jobs: { crossmatch } });
