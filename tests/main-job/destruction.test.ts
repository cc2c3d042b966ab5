import { afterAll, beforeAll, expect, test } from "bun:test";
import { readdir } from "node:fs/promises";
import type { JobHandle } from "@uws/client";
import { until } from "@uws/testing";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite({
    services: (configured) =>
      configured.map((service) => (service.path === "crossmatch" ? { ...service, archive: {} } : service)),
  });
  site.worker("simulate");
  site.worker("crossmatch");
});
afterAll(() => site.stop());

/** Files in the data directory that belong to a job. */
async function filesOf({ url }: JobHandle): Promise<string[]> {
  const id = url.split("/").at(-1) ?? "";
  const entries = await readdir(site.dataDir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.parentPath.includes(id)).map(({ name }) => name);
}

/** A COMPLETED job, with files on the disk. */
async function completed(service: string, parameters: Record<string, unknown>): Promise<JobHandle> {
  const body = new FormData();
  for (const [name, value] of Object.entries({ ...parameters, PHASE: "RUN" })) body.set(name, value as string);
  const answer = await fetch(`${site.running.url}/${service}/async`, { method: "POST", body, redirect: "manual" });
  const job = site.client(service).job(answer.headers.get("location") ?? "");
  expect((await job.wait()).phase).toBe("COMPLETED");
  expect((await filesOf(job)).length).toBeGreaterThan(1);
  return job;
}

async function destroyNow({ url }: JobHandle): Promise<void> {
  const body = new URLSearchParams({ DESTRUCTION: new Date().toISOString() });
  expect((await fetch(`${url}/destruction`, { method: "POST", body, redirect: "manual" })).status).toBe(303);
}

const table = () => new File(["name,ra,dec\nSirius,101.2872,-16.7161\n"], "positions.csv");

// shows: destruction-destroys
test("at its destruction time a job is gone, and its files from the disk", async () => {
  const job = await completed("simulate", { DURATION: "0", RESULTS: "2", RESULT_BYTES: "1000", FILE: table() });
  await destroyNow(job);
  await until(async () => (await fetch(job.url)).status === 404, "the job is gone");
  await until(async () => (await filesOf(job)).length === 0, "its files are gone");
});

// shows: destruction-archives
test("where jobs are archived, the job stays, and its files are gone from the disk", async () => {
  const job = await completed("crossmatch", { TABLE: table(), RADIUS: "0.2" });
  await destroyNow(job);
  await until(async () => (await job.get()).phase === "ARCHIVED", "the job is archived");
  await until(async () => (await filesOf(job)).length === 0, "its files are gone");
  expect((await job.get()).results).toEqual([]);
  expect((await fetch(`${job.url}/results/csv`)).status).toBe(404);
});

// shows: delete-redirect
test("a job that is destroyed by its client leaves no file", async () => {
  const job = await completed("simulate", { DURATION: "0", RESULTS: "2", RESULT_BYTES: "1000" });
  await fetch(job.url, { method: "DELETE", redirect: "manual" });
  await until(async () => (await filesOf(job)).length === 0, "its files are gone");
});
