/** For tests: a job in the middle of its life, and whatever a test wants otherwise. */
import type { Job } from "@uws/core";

export const url = "https://example.org/uws/crossmatch/async/018f3b5a-0000-7000-8000-000000000001";

export const created = new Date("2026-01-31T12:34:56.789Z");

export function job(changes: Partial<Job> = {}): Job {
  return {
    id: "018f3b5a-0000-7000-8000-000000000001",
    service: "crossmatch",
    type: "crossmatch",
    typeVersion: "1.0",
    phase: "PENDING",
    owner: undefined,
    runId: undefined,
    creationTime: created,
    startTime: undefined,
    endTime: undefined,
    executionDuration: 0,
    priority: 0,
    destruction: undefined,
    parameters: [],
    results: [],
    error: undefined,
    progress: undefined,
    attempt: 0,
    worker: undefined,
    ...changes,
  };
}

export const fullJob = job({
  phase: "ERROR",
  owner: "Ada <ada@example.org>",
  runId: "night & day",
  startTime: new Date("2026-01-31T12:35:00.000Z"),
  endTime: new Date("2026-01-31T12:36:00.010Z"),
  executionDuration: 2_147_483_647,
  destruction: new Date("2026-02-07T12:34:56.789Z"),
  parameters: [
    { name: "RADIUS", value: "2.5" },
    { name: "band", value: "V" },
    { name: "band", value: "<R>" },
    { name: "a/b ?", value: "bell \u0007" },
    { name: "positions", upload: { key: "k", mediaType: "text/csv", filename: "stars.csv", size: 12 } },
  ],
  results: [
    {
      id: "result",
      mediaType: "application/x-votable+xml",
      size: 2048,
      location: { key: "k", sha256: "00" },
      createdAt: created,
    },
    {
      id: "cut out/1",
      mediaType: "image/fits",
      size: undefined,
      location: { reference: "https://archive.example.org/1" },
      createdAt: created,
    },
  ],
  error: { type: "transient", message: "lease ran out\u001b[0m", detail: "more" },
  progress: { fraction: 0.5, message: "12 of 24 & counting", counters: { rows: 12 } },
  attempt: 2,
  worker: "w-1",
});
