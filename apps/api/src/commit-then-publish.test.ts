import { afterAll, beforeAll, expect, test } from "bun:test";
import type { CancelNews, JobNews } from "@uws/dispatch";
import { holdRow, until } from "@uws/testing";
import { type ApiFixture, apiFixture } from "./testing.ts";

/* What a client does is told to others when it is committed. */

let it: ApiFixture;
const heard: (JobNews | CancelNews)[] = [];
beforeAll(async () => {
  it = await apiFixture();
  it.dispatch.news.onJob((news) => heard.push(news));
  it.dispatch.news.onCancel((cancel) => heard.push(cancel));
});
afterAll(() => it.close());

test.each([
  ["an abort", (job: string) => it.post(`${job}/phase`, new URLSearchParams({ PHASE: "ABORT" }))],
  ["a deletion", (job: string) => it.request(job, { method: "DELETE" })],
])("nobody hears of %s before it is committed", async (_, end) => {
  const job = await it.create(it.frees, { PHASE: "RUN" });
  const { job: id, token } = await it.start(job);
  const about = () => heard.filter((news) => ("id" in news ? news.id === id : news.token === token));
  await until(() => about().some((news) => "phase" in news && news.phase === "EXECUTING"), "the news of its start");
  heard.length = 0;
  const row = await holdRow(it.store.sql, id);
  const answer = end(job);
  await row.awaited();
  // News keep their order: what was told before this is here when this is.
  const marker = crypto.randomUUID();
  it.dispatch.news.tell([{ id: marker }]);
  await until(() => heard.some((news) => "id" in news && news.id === marker), "the marker");
  expect(about()).toEqual([]);
  await row.release();
  expect((await answer).status).toBe(303);
  await until(() => about().length === 2, "the news and the cancel");
});
