import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "./testing.ts";

/** Starts a request, and gives it when the server is waiting. */
async function waiting(it: ApiFixture, url: string, init?: RequestInit) {
  const before = it.api.waiting();
  const started = performance.now();
  const answer = it.request(url, init).then(async (response) => ({
    status: response.status,
    phase: /<uws:phase>(\w+)</.exec(await response.text())?.[1],
    milliseconds: performance.now() - started,
  }));
  // Whoever does not look at it any more does not want to hear of its end.
  answer.catch(() => {});
  await until(() => it.api.waiting() > before, "the server waits");
  return { answer };
}

describe("WAIT", () => {
  let it: ApiFixture;
  beforeAll(async () => {
    it = await apiFixture();
  });
  afterAll(() => it.close());
  const queued = () => it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });

  test("answers when the phase changes", async () => {
    const job = await queued();
    const first = await waiting(it, `${job}?WAIT=30`);
    const attempt = await it.start(job);
    expect(await first.answer).toMatchObject({ status: 200, phase: "EXECUTING" });
    const second = await waiting(it, `${job}?WAIT=-1&PHASE=EXECUTING`);
    await it.progress(attempt, 1, 0.5);
    const changed = performance.now();
    await it.complete(attempt);
    expect(await second.answer).toMatchObject({ phase: "COMPLETED" });
    expect(performance.now() - changed).toBeLessThan(800);
    expect(it.api.waiting()).toBe(0);
  });

  test("answers when the client itself changes it, or it is destroyed", async () => {
    const job = await it.create(it.cones, { RADIUS: "1" });
    const started = await waiting(it, `${job}?WAIT=30`);
    await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "RUN" }));
    expect(await started.answer).toMatchObject({ phase: "QUEUED" });
    const destroyed = await waiting(it, `${job}?WAIT=30`);
    await it.request(job, { method: "DELETE" });
    expect(await destroyed.answer).toMatchObject({ status: 404 });
  });

  test("answers at once where there is nothing to wait for", async () => {
    const job = await queued();
    const started = performance.now();
    expect((await it.request(`${job}?WAIT=0`)).status).toBe(200);
    expect((await it.request(`${job}?WAIT=30&PHASE=PENDING`)).status).toBe(200);
    await it.complete(await it.start(job));
    expect((await it.request(`${job}?WAIT=30`)).status).toBe(200);
    expect((await it.request(`${job}/phase?WAIT=30`)).status).toBe(200);
    expect(performance.now() - started).toBeLessThan(5000);
  });

  test("answers when the time is over", async () => {
    const { answer } = await waiting(it, `${await queued()}?WAIT=1`);
    const { phase, milliseconds } = await answer;
    expect(phase).toBe("QUEUED");
    expect(milliseconds).toBeGreaterThan(990);
  });

  test("refuses what is no number of seconds", async () => {
    const job = await queued();
    for (const query of ["WAIT=x", "WAIT=-2", "WAIT=1.5", "WAIT=", "WAIT=1&PHASE=NO", "WAIT=1&wait=2"]) {
      expect((await it.request(`${job}?${query}`)).status).toBe(400);
    }
    expect((await it.request(`${it.cones}/nonsense?WAIT=30`)).status).toBe(404);
  });

  test("forgets a client that leaves", async () => {
    const leaving = new AbortController();
    await waiting(it, `${await queued()}?WAIT=60`, { signal: leaving.signal });
    leaving.abort();
    await until(() => it.api.waiting() === 0, "nobody waits any more");
  });
});

test("waiters notice changes within two seconds while NATS is down", async () => {
  const it = await apiFixture({ natsUrl: "nats://127.0.0.1:1" });
  try {
    const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
    const { answer } = await waiting(it, `${job}?WAIT=30`);
    const changed = performance.now();
    await it.start(job);
    expect(await answer).toMatchObject({ phase: "EXECUTING" });
    expect(performance.now() - changed).toBeLessThan(2000);
    expect(await (await it.request(`${it.api.url}/readyz`)).json()).toMatchObject({
      ready: true,
      checks: { nats: false },
    });
  } finally {
    await it.close();
  }
});

test("a server that stops answers waiters with the current state, ends event streams, and finishes requests", async () => {
  const it = await apiFixture();
  const job = await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" });
  const { answer } = await waiting(it, `${job}?WAIT=60`);
  const events = await it.request(`${job}/events`);
  await until(() => it.api.waiting() === 2, "the stream is open");
  const started = performance.now();
  const stopped = it.api.stop();
  expect(await answer).toMatchObject({ status: 200, phase: "QUEUED" });
  expect(await events.text()).toContain("event: phase");
  await stopped;
  expect(performance.now() - started).toBeLessThan(3000);
  expect(it.request(job)).rejects.toThrow();
  await it.close();
});
