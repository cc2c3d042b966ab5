import { afterAll, beforeAll, beforeEach, describe, expect, test } from "bun:test";
import { connect } from "node:net";
import type { Store } from "@uws/store";
import { until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "../testing.ts";

/** What stands between the API and its store: counts the statements that read lists, and may hold or break them. */
let statements = 0;
let before: (statement: number) => Promise<void> | void = () => {};
const watched = (store: Store): Store => ({
  ...store,
  sql: new Proxy(store.sql, {
    get(target, name, self) {
      if (name !== "unsafe") return Reflect.get(target, name, self);
      return async (text: string, values: string[]) => {
        statements += 1;
        await before(statements);
        return await target.unsafe(text, values);
      };
    },
  }),
});

const count = 20_000;
/** Statements that read them all, 150 at a time, the last of which finds less. */
const allBatches = Math.floor(count / 150) + 1;
let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({ wrapStore: watched });
  await it.create(it.frees);
  await it.store.sql`
    insert into jobs (id, service, type, description, phase, creation_time, execution_duration, parameters, max_attempts)
    select gen_random_uuid(), service, type, description, 'PENDING', creation_time - n / 3 * interval '1 millisecond',
      0, parameters, 3
    from jobs, generate_series(2, ${count}) as n`;
  await it.store.sql`analyze jobs`;
});
afterAll(() => it.close());
beforeEach(() => {
  statements = 0;
  before = () => {};
});

const types = ["text/xml", "text/html"];
const ids = (text: string) => text.match(/<uws:jobref id="[^"]+"/g) ?? [];

test("a list is read in batches, each job once", async () => {
  const text = await (await it.request(it.frees)).text();
  expect(text).toEndWith("</uws:jobs>\n");
  expect(new Set(ids(text)).size).toBe(count);
  expect(statements).toBe(allBatches);
});

test("HEAD reads one batch", async () => {
  expect((await it.request(it.frees, { method: "HEAD" })).status).toBe(200);
  expect(statements).toBe(1);
});

describe("when the store is away", () => {
  test.each([...types, "application/json"])("at the beginning, the answer is 500: %p", async (accept) => {
    before = () => Promise.reject(new Error("away"));
    for (const method of ["GET", "HEAD"]) {
      expect((await it.request(it.frees, { method, headers: { accept } })).status).toBe(500);
    }
    before = () => {};
    expect((await it.request(it.frees, { headers: { accept } })).status).toBe(200);
  });

  // shows: list-broken
  test.each(types)("later, the connection breaks before the list ends, and the log says why: %p", async (accept) => {
    before = (statement) => (statement >= 3 ? Promise.reject(new Error("away")) : undefined);
    const answer = await it.request(it.frees, { headers: { accept, "x-request-id": `${accept.slice(5)}-1` } });
    expect(answer.status).toBe(200);
    await expect(answer.text()).rejects.toThrow("closed");
    const errors = it.logged
      .filter(({ level }) => level === 50)
      .filter(({ requestId }) => requestId === `${accept.slice(5)}-1`);
    expect(errors).toMatchObject([{ msg: "a list broke off in the middle", err: { message: "away" } }]);

    statements = 0;
    const received = await rawAnswer(listRequest(accept)).received;
    expect(received).toStartWith("HTTP/1.1 200 OK\r\n");
    expect(received).not.toMatch(/<\/uws:jobs>|<\/table>|\r\n0\r\n\r\n/);
    expect(received.length).toBeGreaterThan(1000);
  });
});

const listRequest = (accept: string) =>
  `GET ${new URL(it.frees).pathname} HTTP/1.1\r\nHost: x\r\nAccept: ${accept}\r\nConnection: close\r\n\r\n`;

/** A request over a connection of its own, and all that the server sends before that is closed. */
function rawAnswer(request: string, reading: "reading" | "paused" = "reading") {
  const socket = connect(it.api.port, "127.0.0.1", () => socket.write(request));
  const received = new Promise<string>((resolve) => {
    let text = "";
    socket.on("data", (bytes) => {
      text += bytes.toString();
    });
    // A broken connection is what some tests expect.
    socket.on("error", () => {});
    socket.on("close", () => resolve(text));
  });
  if (reading === "paused") socket.pause();
  return { socket, received };
}

test("a client that leaves in the middle ends the reading, even where nothing fits and nothing is sent", async () => {
  for (const query of ["", "?PARAM.none=1"]) {
    statements = 0;
    let letGo = () => {};
    const held = new Promise<void>((resolve) => {
      letGo = resolve;
    });
    before = (statement) => (statement >= 3 ? held : undefined);
    const leaving = new AbortController();
    const answer = await it.request(it.frees + query, { signal: leaving.signal });
    // Read by nobody, so that it is asked for as far as the connection takes it.
    await until(() => statements === 3, "the third statement");
    leaving.abort();
    await expect(answer.text()).rejects.toThrow();
    // The server has seen that the client left when it has answered those who came later.
    for (let round = 0; round < 5; round++) await it.request(`${it.api.url}/healthz`, { keepalive: false });
    letGo();
    before = () => {};
    for (let round = 0; round < 5; round++) expect((await it.request(`${it.frees}?LAST=1`)).status).toBe(200);
    expect(statements).toBe(3 + 5);
  }
});

// shows: list-streams
test("clients that do not read are waited for without a connection to the database, and get the rest when they do", async () => {
  const slow = Array.from({ length: 10 }, () => rawAnswer(listRequest("text/xml"), "paused"));
  // On a pool of five connections, ten have begun, and stand still when their connections take no more.
  let [seen, unchanged] = [0, 0];
  await until(() => {
    unchanged = statements === seen ? unchanged + 1 : 0;
    seen = statements;
    return seen > 10 && unchanged > 20;
  }, "nothing is read any more");
  expect(statements).toBeLessThan(10 * allBatches);
  const busy = await it.store.sql`
    select from pg_stat_activity
    where datname = current_database() and backend_type = 'client backend' and state <> 'idle'
      and pid <> pg_backend_pid()`;
  expect(busy.length).toBe(0);
  expect((await it.request(`${it.frees}?LAST=1`)).status).toBe(200);
  for (const { socket, received } of slow) {
    socket.resume();
    const text = await received;
    expect(text).toEndWith("\r\n0\r\n\r\n");
  }
  expect(statements).toBe(10 * allBatches + 1);
});
