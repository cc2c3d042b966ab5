import { afterAll, expect, test } from "bun:test";
import { createServer } from "node:net";
import { openStore } from "@uws/store";
import { until } from "@uws/testing";
import { startBalancer } from "../support/balancer.ts";
import { Commands } from "../support/commands.ts";

const commands = new Commands();
afterAll(() => commands.stop());

const jobs = 1000;

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}

test("api, gateway and keeper are restarted one after the other under 1,000 running jobs: nothing is lost, spent or refused", async () => {
  const environment = await commands.site({
    UWS_LEASE_MS: "12000",
    UWS_SILENCE_MS: "6000",
    UWS_HEARTBEAT_MS: "1000",
    UWS_SWEEP_MS: "200",
    UWS_LEAVE_MS: "2000",
    UWS_LOG_LEVEL: "info",
  });
  const [http, grpc] = [await Promise.all([freePort(), freePort()]), await Promise.all([freePort(), freePort()])];
  const starts = [
    ...http.map((port) => ["api", { UWS_HTTP_PORT: String(port) }, /(api is listening)/] as const),
    ...grpc.map((port) => ["gateway", { UWS_GRPC_PORT: String(port) }, /(gateway listens)/] as const),
    ...[1, 2].map(() => ["keeper", {}, /(started)/] as const),
  ];
  const start = async ([part, more, ready]: (typeof starts)[number]) => {
    const process = commands.run([part], { ...environment, ...more });
    await process.line(ready);
    return process;
  };
  const parts = await Promise.all(starts.map(start));
  const workers = grpc.map((port) =>
    commands.run(["apps/workers/simulate/src/main.ts"], {
      UWS_GATEWAY: `127.0.0.1:${port}`,
      UWS_SLOTS: String(jobs / 2),
    }),
  );
  await Promise.all(workers.map((worker) => worker.line(/(connected to)/)));
  const balancer = await startBalancer(http);
  commands.afterwards(async () => balancer.close());
  const store = openStore({ url: environment.UWS_DATABASE_URL ?? "", connections: 1 });
  commands.afterwards(() => store.close());

  // Every request that did not come to what it should; 503 is an answer that asks to come again.
  const wrong: string[] = [];
  let served = 0;
  const request = async (path: string, init: RequestInit = {}): Promise<Response | undefined> => {
    try {
      // A connection for each: what a balancer has forwarded stays where it is.
      const answer = await fetch(balancer.url + path, { ...init, redirect: "manual", keepalive: false });
      if (answer.status >= 400 && answer.status !== 503) wrong.push(`${path}: ${answer.status} ${await answer.text()}`);
      else served += 1;
      return answer;
    } catch (error) {
      wrong.push(`${path}: ${String(error)}`);
      return undefined;
    }
  };
  const create = async (duration: number): Promise<string | undefined> => {
    const body = new URLSearchParams({ DURATION: String(duration), STEPS: "4", RESULTS: "1", PHASE: "RUN" });
    const answer = await request("/simulate/async", { method: "POST", body });
    return answer?.headers.get("location")?.split("/").at(-1);
  };

  const ids: string[] = [];
  let left = jobs;
  await Promise.all(
    Array.from({ length: 16 }, async () => {
      while (left > 0) {
        left -= 1;
        const id = await create(25);
        if (id !== undefined) ids.push(id);
      }
    }),
  );
  const count = async (where: string) =>
    (await store.sql.unsafe<[{ count: number }]>(`select count(*) from jobs where ${where}`))[0].count;
  await until(async () => (await count("phase = 'EXECUTING'")) >= jobs, "a thousand running jobs", 60_000);

  // Clients go on with all that clients do.
  let over = false;
  const clients = Promise.all(
    Array.from({ length: 4 }, async (_, client) => {
      for (let turn = client; !over; turn += 7) {
        const id = ids[turn % ids.length];
        await request(`/simulate/async/${id}`);
        await request(`/simulate/async/${id}?WAIT=1`);
        await request("/simulate/async?LAST=5");
        await create(0);
      }
    }),
  );
  for (const [index, part] of parts.entries()) {
    await part.stop();
    expect(await part.ended).toBe(0);
    await start(starts[index] as (typeof starts)[number]);
  }
  over = true;
  await clients;
  await until(async () => (await count("phase in ('QUEUED', 'EXECUTING', 'UNKNOWN')")) === 0, "all ends", 60_000);
  console.log(`${served} requests served, ${await count("true")} jobs, while six processes were restarted`);
  expect(wrong).toEqual([]);
  const spent = await store.sql`
    select id, phase, failures, parameters -> 0 as first, (
      select json_agg(json_build_object('outcome', outcome, 'message', message, 'worker', worker) order by number)
      from attempts where job_id = jobs.id
    ) as attempts
    from jobs where phase <> 'COMPLETED' or attempt <> 1 or failures <> 0`;
  expect([...spent]).toEqual([]);
  expect(await count("true")).toBeGreaterThan(jobs);
}, 180_000);
