import { openStore, type Store } from "@uws/store";
import { fill, owner } from "../scale/fill.ts";
import { allowedNodes, planOf, type Question, questions } from "../scale/plans.ts";
import { expectedList, type Listed, readPages, readStream } from "../scale/read-lists.ts";
import { memoryGrowth } from "../support/memory.ts";
import { openWaitingRoom, type WaitingRoom } from "../support/waiting-room.ts";
import type { Measured } from "./measured.ts";

const count = 1_000_000;
const rounds = 21;

/** Lists of a million jobs of one owner, beside as many anonymous ones and some of others: in PostgreSQL, and over HTTP. */
export async function measureLists(natsUrl: string): Promise<Measured[]> {
  const room = await openWaitingRoom(natsUrl);
  const store = openStore({ url: room.database.url });
  try {
    await fill(store, count);
    const measured: Measured[] = [];
    for (const question of questions(count)) {
      const [ours, anonymous] = [await ask(store, owner, question), await ask(store, null, question)];
      measured.push({ what: `in the database: ${question.what}`, value: `${ours}; anonymous: ${anonymous}` });
    }
    return [...measured, ...(await overHttp(room, await expectedList(store, null)))];
  } finally {
    await store.close();
    await room.close();
  }
}

/** @throws Error when PostgreSQL sorts, or scans the table */
async function ask(store: Store, who: string | null, question: Question): Promise<string> {
  const milliseconds: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const plan = await planOf(store, who, question);
    const wrong = plan.nodes.filter((node) => !allowedNodes.includes(node));
    if (wrong.length > 0) throw new Error(`${question.what}: ${wrong}`);
    milliseconds.push(plan.milliseconds);
  }
  milliseconds.sort((a, b) => a - b);
  const at = (index: number) => (milliseconds[index] ?? Number.NaN).toFixed(2);
  return `median ${at((rounds - 1) / 2)} ms, min ${at(0)} ms, max ${at(rounds - 1)} ms`;
}

/** Each by an api process that has sent no list before. */
async function overHttp(room: WaitingRoom, expected: Listed): Promise<Measured[]> {
  const kinds: Readonly<Record<string, (list: string) => Promise<Listed>>> = {
    "one XML document": (list) => readStream(list, "text/xml"),
    "one HTML page": (list) => readStream(list, "text/html"),
    "pages of JSON": readPages,
  };
  const measured: Measured[] = [];
  for (const [kind, read] of Object.entries(kinds)) {
    const api = await room.api();
    const started = performance.now();
    const grown = await memoryGrowth(api.pid, async () => {
      const { jobs, digest } = await read(api.list);
      if (jobs !== expected.jobs || digest !== expected.digest) throw new Error(`${kind}: not the list`);
    });
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const heavy = (grown / 1024 ** 2).toFixed(0);
    const what = `the whole list of ${expected.jobs.toLocaleString("en")} jobs over HTTP, ${kind}`;
    measured.push({ what, value: `${seconds} s; memory of the api process: ${heavy} MiB more at most` });
  }
  return measured;
}
