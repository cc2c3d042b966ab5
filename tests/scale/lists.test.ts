import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { openStore, type Store } from "@uws/store";
import { natsUrl, until } from "@uws/testing";
import { memoryGrowth } from "../support/memory.ts";
import { openWaitingRoom, poolSize, type WaitingApi, type WaitingRoom } from "../support/waiting-room.ts";
import { fill, owner } from "./fill.ts";
import { allowedNodes, planOf, questions, rowsAllowed } from "./plans.ts";
import { expectedList, type Listed, readPages, readStream } from "./read-lists.ts";

const count = 100_000;
const mebibyte = 1024 ** 2;

let room: WaitingRoom;
let store: Store;
let api: WaitingApi;
let anonymous: Listed;
beforeAll(async () => {
  room = await openWaitingRoom(await natsUrl());
  store = openStore({ url: room.database.url });
  await fill(store, count);
  anonymous = await expectedList(store, null);
  api = await room.api();
});
afterAll(async () => {
  await store.close();
  await room.close();
});

describe.each([owner, null])("of 210,000 jobs, PostgreSQL looks at those that %p asks for", (who) => {
  test.each(questions(count).map((question) => [question.what, question] as const))("%s", async (_, question) => {
    const { nodes, indices, rows, pages } = await planOf(store, who, question);
    expect(nodes.filter((node) => !allowedNodes.includes(node))).toEqual([]);
    expect(indices).toEqual([question.index]);
    expect(rows).toBeGreaterThan(0);
    expect(rows).toBeLessThanOrEqual(rowsAllowed(question));
    // One for each row where they lie scattered, and the index's own.
    expect(pages).toBeLessThanOrEqual(1.5 * rows + 50);
  });
});

describe("the whole list of 97,000 jobs", () => {
  /** Of a process that has sent no list before. */
  const growth = async (read: (list: string) => Promise<Listed>) => {
    const fresh = await room.api();
    return await memoryGrowth(fresh.pid, async () => {
      const { jobs, digest } = await read(fresh.list);
      expect({ jobs, digest }).toEqual(anonymous);
    });
  };

  // shows: list-streams
  test.each(["text/xml", "text/html"] as const)("is streamed, %s, in less than 64 MiB", async (accept) => {
    expect(anonymous.jobs).toBeGreaterThan(0.9 * count);
    const grown = await growth((list) => readStream(list, accept));
    console.log(`${anonymous.jobs} jobs as ${accept}: ${(grown / mebibyte).toFixed(1)} MiB more`);
    expect(grown).toBeLessThan(64 * mebibyte);
  });

  test("comes in pages of JSON, in less than 64 MiB", async () => {
    const grown = await growth(readPages);
    console.log(`${anonymous.jobs} jobs in pages: ${(grown / mebibyte).toFixed(1)} MiB more`);
    expect(grown).toBeLessThan(64 * mebibyte);
  });

  test("waits for clients that stop reading, without a connection to the database, and does not stand in memory for them", async () => {
    const clients = 5 * poolSize;
    const { bytes } = await readStream(api.list, "text/xml");
    let sockets: Socket[] = [];
    const grown = await memoryGrowth(api.pid, async () => {
      sockets = await Promise.all(Array.from({ length: clients }, beginAndStop));
      // Each of them has begun, so all want batches; what PostgreSQL does for this process ends nevertheless.
      let quiet = 0;
      await until(async () => {
        quiet = (await running()) === 0 ? quiet + 1 : 0;
        return quiet > 20;
      }, "no statement runs");
    });
    const lists = clients * bytes;
    console.log(
      `${clients} clients that have stopped reading ${(lists / mebibyte).toFixed(0)} MiB: ${(grown / mebibyte).toFixed(1)} MiB more`,
    );
    expect(grown).toBeLessThan(lists / 2);
    expect((await readPages(`${api.list}?LAST=100`)).jobs).toBe(100);

    const [one, ...others] = sockets;
    for (const socket of others) socket.destroy();
    let rest = "";
    one?.on("data", (bytes) => {
      rest = (rest + bytes.toString()).slice(-100);
    });
    one?.resume();
    await until(() => rest.endsWith("</uws:jobs>\n\r\n0\r\n\r\n"), "the end of the list");
    one?.destroy();
  });
});

/** Asks for the whole list, and stops reading at its first bytes. */
async function beginAndStop(): Promise<Socket> {
  const { hostname, port, pathname } = new URL(api.list);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${pathname} HTTP/1.1\r\nHost: ${hostname}\r\n\r\n`);
  await once(socket, "readable");
  return socket;
}

/** Statements that PostgreSQL runs for the api. */
async function running(): Promise<number> {
  const rows = await store.sql`
    select from pg_stat_activity
    where datname = current_database() and application_name = 'uws-api' and state <> 'idle'`;
  return rows.length;
}
