import { expect, test } from "bun:test";
import { UwsError } from "@uws/core";
import { created, fullJob, job, url } from "./fixture.ts";
import { jobJson, jobListJson } from "./job-json.ts";
import { jobListSchema, jobSchema, problemSchema } from "./json-schema.ts";
import { internalProblem, problem, statusOf } from "./problem.ts";

test("a job has every member, null where there is no value", () => {
  const shown = jobJson(job(), { url });
  expect(Object.keys(shown)).toEqual(jobSchema.required);
  expect(shown).toMatchObject({
    runId: null,
    quote: null,
    progress: null,
    errorSummary: null,
    links: { self: url, error: null },
  });
});

test("a job shows what XML shows, and more", () => {
  expect(jobJson(fullJob, { url, quote: created })).toMatchObject({
    jobId: fullJob.id,
    quote: "2026-01-31T12:34:56.789Z",
    progress: { fraction: 0.5, counters: { rows: 12 } },
    parameters: [
      { name: "RADIUS", value: "2.5" },
      { name: "band", value: "V" },
      { name: "band", value: "<R>" },
      { name: "a/b ?", value: "bell \u0007" },
      { name: "positions", byReference: true, href: `${url}/parameters/positions`, mediaType: "text/csv", size: 12 },
    ],
    results: [
      { href: `${url}/results/result`, size: 2048 },
      { href: `${url}/results/cut%20out%2F1`, size: null },
    ],
    errorSummary: { type: "transient", hasDetail: true },
    links: { error: `${url}/error`, events: `${url}/events` },
  });
});

test("a list is a page with the way to the next", () => {
  const list = jobListJson([job()], { url: "https://example.org/async", next: "https://example.org/async?cursor=x" });
  expect(Object.keys(list)).toEqual(jobListSchema.required);
  expect(Object.keys(list.jobs[0] ?? {})).toEqual(jobListSchema.properties.jobs.items.required);
  expect(list.jobs[0]?.href).toBe("https://example.org/async/018f3b5a-0000-7000-8000-000000000001");
  expect(jobListJson([], { url: "https://example.org/async" })).toEqual({ jobs: [], next: null });
});

test("an error says what its code means in HTTP", () => {
  const shown = problem(new UwsError("invalid", "LAST=0: not allowed"), "r1");
  expect(shown).toEqual({
    type: "about:blank",
    title: "Bad Request",
    status: 400,
    detail: "LAST=0: not allowed",
    code: "invalid",
    requestId: "r1",
  });
  expect(Object.keys(shown)).toEqual(problemSchema.required);
  expect(statusOf("fenced")).toBe(409);
  expect(internalProblem("r2")).toMatchObject({ status: 500, code: "internal", requestId: "r2" });
});
