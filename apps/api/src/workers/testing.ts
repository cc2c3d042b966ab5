import { type ApiFixture, apiFixture, type FixtureOptions } from "../testing.ts";

/** A job as a claim gives it. */
export interface Claimed {
  readonly jobId: string;
  readonly href: string;
  readonly type: string;
  readonly attempt: number;
  readonly token: string;
  readonly parameters: readonly Readonly<Record<string, unknown>>[];
  readonly checkpoint: string | null;
}

/** What tests of workers without gRPC do again and again. */
export interface WorkerFixture extends ApiFixture {
  /** The service's URL for claims. */
  readonly claims: string;
  ask(body: unknown, headers?: Record<string, string>): Promise<Response>;
  claim(max?: number): Promise<readonly Claimed[]>;
  /** Creates a job that waits, and claims it. */
  work(fields?: Record<string, string>): Promise<Claimed>;
  patch(job: Pick<Claimed, "href" | "token">, body: unknown): Promise<Response>;
  /** The answer to a PATCH that must succeed. */
  report(job: Pick<Claimed, "href" | "token">, body: unknown): Promise<Readonly<Record<string, unknown>>>;
  job(job: Pick<Claimed, "href">): Promise<Readonly<Record<string, unknown>>>;
}

const json = { "content-type": "application/json", accept: "application/json" };

export async function workerFixture(options: FixtureOptions = {}): Promise<WorkerFixture> {
  const api = await apiFixture(options);
  const claims = `${api.api.url}/api/batch/claim`;
  const fixture: WorkerFixture = {
    ...api,
    claims,
    ask: (body, headers) => api.post(claims, JSON.stringify(body), { ...json, ...headers }),
    async claim(max = 1) {
      const answer = await fixture.ask({ worker: "w1", max });
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      return ((await answer.json()) as { jobs: Claimed[] }).jobs;
    },
    async work(fields = {}) {
      await api.create(api.frees, { PHASE: "RUN", ...fields });
      const [job] = await fixture.claim();
      if (job === undefined) throw new Error("no job was claimed");
      return job;
    },
    patch: ({ href, token }, body) =>
      api.request(href, {
        method: "PATCH",
        body: JSON.stringify(body),
        headers: { ...json, authorization: `Bearer ${token}` },
      }),
    async report(job, body) {
      const answer = await fixture.patch(job, body);
      if (answer.status !== 200) throw new Error(`${answer.status} ${await answer.text()}`);
      return (await answer.json()) as Record<string, unknown>;
    },
    async job({ href }) {
      return (await (await api.request(href, { headers: json })).json()) as Record<string, unknown>;
    },
  };
  return fixture;
}
