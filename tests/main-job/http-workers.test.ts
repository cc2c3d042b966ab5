import { afterAll, beforeAll, expect, test } from "bun:test";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
beforeAll(async () => {
  site = await startSite({ timing: { lease: 20_000, heartbeat: 5000, silence: 11_000 } });
  site.worker("simulate", { UWS_SLOTS: "2" });
});
afterAll(() => site.stop());

interface Claimed {
  readonly href: string;
  readonly token: string;
}

const send = async (url: string, body: unknown, init: RequestInit = {}) => {
  const headers = { "content-type": "application/json", ...(init.headers as Record<string, string>) };
  const answer = await fetch(url, { method: "POST", ...init, headers, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(`${answer.status} ${await answer.text()}`);
  return await answer.json();
};

test("workers by gRPC and by HTTP share one queue: each job runs once, with one of them", async () => {
  const service = `${site.running.url}/simulate`;
  // So that the other worker is there, too.
  const first = await site.client("simulate").create({ DURATION: "0" }, { run: true });
  expect((await first.wait()).phase).toBe("COMPLETED");
  const jobs = Array.from({ length: 60 }, () => ({ phase: "RUN", parameters: { DURATION: 0.1, STEPS: 1 } }));
  const created = (await send(`${service}/async/batch`, { jobs })) as { jobs: { href: string }[] };
  const open = new Set(created.jobs.map(({ href }) => href));
  const seen: { attempt: number; phase: string; worker: string }[] = [];

  /** Claims and completes for as long as jobs are open. */
  async function work(worker: string): Promise<void> {
    while (open.size > 0) {
      const { jobs: claimed } = (await send(`${service}/claim`, { worker, max: 3 })) as { jobs: Claimed[] };
      for (const { href, token } of claimed) {
        const headers = { authorization: `Bearer ${token}` };
        await send(href, { log: [{ message: worker }], phase: "COMPLETED" }, { method: "PATCH", headers });
      }
    }
  }
  /** Waits for the end of each job. */
  async function watch(): Promise<void> {
    for (const href of open) {
      let job: { phase: string; attempt: number; worker: string };
      do {
        const answer = await fetch(`${href}?WAIT=30`, { headers: { accept: "application/json" } });
        job = (await answer.json()) as typeof job;
      } while (["QUEUED", "EXECUTING"].includes(job.phase));
      seen.push(job);
      open.delete(href);
    }
  }
  await Promise.all([work("http-1"), work("http-2"), watch()]);

  expect(seen.filter(({ phase, attempt }) => phase !== "COMPLETED" || attempt !== 1)).toEqual([]);
  const workers = new Set(seen.map(({ worker }) => (worker.startsWith("http-") ? "http" : "grpc")));
  expect([...workers].toSorted()).toEqual(["grpc", "http"]);
});
