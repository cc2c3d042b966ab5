import { afterAll, beforeAll, expect } from "bun:test";
import { isTerminal, type Phase, phaseAfter } from "@uws/core";
import type { AttemptRef } from "@uws/store";
import fc from "fast-check";
import { type ApiFixture, apiFixture } from "../../apps/api/src/testing.ts";
import { type Answer, answerOf, Checker, utf8 } from "./answers.ts";
import { fuzz } from "./fuzz.ts";

/*
 * Clients and a worker do things to jobs, in any order. What they are told, and the phase that follows, is what the table
 * of packages/core says, and nothing else.
 */

let api: ApiFixture;
let checker: Checker;
beforeAll(async () => {
  api = await apiFixture();
  checker = await Checker.of(api.api.url);
});
afterAll(() => api?.close());

/** What the model knows of a job. */
interface Known {
  readonly url: string;
  phase: Phase | "gone";
  /** The one that runs or ran. */
  attempt: AttemptRef | undefined;
  duration: number;
  /** Values of the parameter LABEL, which is set anew. */
  label: string | undefined;
}

const steps = [
  "run",
  "abort",
  "archive",
  "delete",
  "duration",
  "destruction",
  "label",
  "start",
  "complete",
  "look",
] as const;

const step = fc.record({
  what: fc.constantFrom(...steps),
  /** Which of the jobs there are. */
  job: fc.nat(2),
  /** Where a control parameter is sent: to the job or its child, in the body or the query. */
  toChild: fc.boolean(),
  inQuery: fc.boolean(),
  number: fc.integer({ min: 1, max: 600 }),
});
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

async function send(url: string, { inQuery }: Step, fields: Record<string, string>): Promise<Answer> {
  const form = new URLSearchParams(fields);
  const answer = await answerOf(await (inQuery ? api.post(`${url}?${form}`) : api.post(url, form)));
  checker.expectSound(answer);
  return answer;
}

/** The answer to a change: 303 to a URL where it is allowed, 403 where the phase does not allow it, 404 where nothing is. */
function expectAnswer(answer: Answer, job: Known, allowed: boolean, to = job.url): void {
  const wanted = job.phase === "gone" ? 404 : allowed ? 303 : 403;
  if (answer.status !== wanted) {
    throw new Error(`${answer.status} instead of ${wanted} at ${job.phase}: ${utf8(answer.body)}`);
  }
  if (wanted === 303) expect(answer.headers.get("location")).toBe(to);
}

async function move(job: Known, given: Step, action: "run" | "abort"): Promise<void> {
  const after = job.phase === "gone" ? undefined : phaseAfter(action, job.phase);
  const url = given.toChild ? `${job.url}/phase` : job.url;
  expectAnswer(await send(url, given, { PHASE: action.toUpperCase() }), job, after !== undefined);
  if (after !== undefined) job.phase = after;
}

const actions: Readonly<Record<(typeof steps)[number], (job: Known, given: Step) => Promise<void>>> = {
  run: (job, given) => move(job, given, "run"),
  abort: (job, given) => move(job, given, "abort"),
  async archive(job, given) {
    const answer = await send(`${job.url}/phase`, given, { PHASE: "ARCHIVE" });
    // Not every service archives; where it does, the table says from where.
    const archived = job.phase === "gone" ? undefined : phaseAfter("archive", job.phase);
    expectAnswer(answer, job, archived !== undefined && answer.status === 303);
    if (archived !== undefined && answer.status === 303) job.phase = archived;
  },
  async delete(job, given) {
    const answer = given.toChild
      ? await answerOf(await api.request(job.url, { method: "DELETE" }))
      : await send(job.url, given, { ACTION: "DELETE" });
    expectAnswer(answer, job, true, api.cones);
    job.phase = "gone";
  },
  async duration(job, given) {
    const url = given.toChild ? `${job.url}/executionduration` : job.url;
    const answer = await send(url, given, { EXECUTIONDURATION: String(given.number) });
    const allowed = job.phase !== "gone" && !isTerminal(job.phase);
    expectAnswer(answer, job, allowed);
    if (allowed) job.duration = given.number;
  },
  async destruction(job, given) {
    const url = given.toChild ? `${job.url}/destruction` : job.url;
    const time = new Date(Date.now() + given.number * 1000).toISOString();
    const answer = await send(url, given, { DESTRUCTION: time });
    const allowed = job.phase !== "gone" && job.phase !== "ARCHIVED";
    expectAnswer(answer, job, allowed);
    if (!allowed) return;
    expect(utf8((await answerOf(await api.request(`${job.url}/destruction`))).body)).toBe(time);
  },
  async label(job, given) {
    const url = given.toChild ? `${job.url}/parameters` : job.url;
    const answer = await send(url, given, { label: `l${given.number}` });
    expectAnswer(answer, job, job.phase === "PENDING");
    if (job.phase === "PENDING") job.label = `l${given.number}`;
  },
  async start(job) {
    if (job.phase !== "QUEUED") return;
    job.attempt = await api.start(job.url);
    job.phase = "EXECUTING";
  },
  async complete(job) {
    // Also of an attempt that was called off: it comes to nothing.
    if (job.attempt === undefined) return;
    await api.complete(job.attempt);
    if (job.phase !== "gone") job.phase = phaseAfter("complete", job.phase) ?? job.phase;
  },
  look: expectKnown,
};

/** The job is as the model knows it. */
async function expectKnown({ url, phase, duration, label }: Known): Promise<void> {
  const answer = await answerOf(await api.request(url, { headers: { accept: "application/json" } }));
  checker.expectSound(answer);
  if (phase === "gone") {
    for (const child of ["", "/phase", "/parameters", "/results", "/destruction", "/error", "/events", "/quote"]) {
      expect((await api.request(url + child)).status).toBe(404);
    }
    return;
  }
  const job = JSON.parse(utf8(answer.body)) as {
    phase: Phase;
    executionDuration: number;
    startTime: string | null;
    endTime: string | null;
    parameters: { name: string; value: string }[];
  };
  checker.expectIs(job, "Job");
  expect([job.phase, job.executionDuration]).toEqual([phase, duration]);
  expect(job.endTime !== null).toBe(isTerminal(phase));
  if (phase === "EXECUTING" || phase === "COMPLETED") expect(job.startTime).not.toBeNull();
  expect(job.parameters.filter(({ name }) => name.toLowerCase() === "label").map(({ value }) => value)).toEqual(
    label === undefined ? [] : [label],
  );
}

async function newJob(run: boolean): Promise<Known> {
  const url = await api.create(api.cones, { RADIUS: "1", ...(run ? { PHASE: "RUN" } : {}) });
  return { url, phase: run ? "QUEUED" : "PENDING", attempt: undefined, duration: 60, label: undefined };
}

fuzz("whatever is done to jobs, in any order", 60, () =>
  fc.asyncProperty(
    fc.array(fc.boolean(), { minLength: 1, maxLength: 3 }),
    fc.array(step, { maxLength: 25 }),
    async (created, given) => {
      const jobs = await Promise.all(created.map(newJob));
      for (const each of given) {
        const job = jobs[each.job % jobs.length];
        if (job === undefined) continue;
        await actions[each.what](job, each);
        const phase = await answerOf(await api.request(`${job.url}/phase`));
        if (job.phase === "gone") expect(phase.status).toBe(404);
        else expect(utf8(phase.body)).toBe(job.phase);
      }
      for (const job of jobs) await expectKnown(job);
      const list = utf8((await answerOf(await api.request(api.cones))).body);
      const listed = jobs.map(({ url }) => list.includes(`id="${url.split("/").at(-1)}"`));
      expect(listed).toEqual(jobs.map(({ phase }) => phase !== "gone" && phase !== "ARCHIVED"));
      // The next run's list is short.
      await Promise.all(jobs.map(({ url }) => api.request(url, { method: "DELETE" })));
    },
  ),
);

fuzz("what several clients do at the same time leaves a job in a phase that one of them was told", 40, () =>
  fc.asyncProperty(
    fc.array(fc.constantFrom("RUN", "ABORT", "DELETE"), { minLength: 2, maxLength: 6 }),
    async (asked) => {
      const { url } = await newJob(false);
      const answers = await Promise.all(
        asked.map(async (action) => {
          const form = new URLSearchParams(action === "DELETE" ? { ACTION: action } : { PHASE: action });
          const answer = await answerOf(await api.post(url, form));
          checker.expectSound(answer);
          expect([303, 403, 404]).toContain(answer.status);
          return { action, done: answer.status === 303 };
        }),
      );
      const done = (action: string) => answers.filter((answer) => answer.action === action && answer.done).length;
      // One RUN and one ABORT at most can be the one that moved it.
      expect(done("RUN")).toBeLessThanOrEqual(1);
      expect(done("ABORT")).toBeLessThanOrEqual(1);
      const phase = await answerOf(await api.request(`${url}/phase`));
      if (asked.includes("DELETE")) return expect(phase.status).toBe(404);
      const expected = done("ABORT") > 0 ? "ABORTED" : done("RUN") > 0 ? "QUEUED" : "PENDING";
      expect(utf8(phase.body)).toBe(expected);
    },
  ),
);
