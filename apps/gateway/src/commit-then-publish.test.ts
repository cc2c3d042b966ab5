import { afterAll, beforeAll, expect, test } from "bun:test";
import type { JobNews } from "@uws/dispatch";
import type { WorkerMessage } from "@uws/protocol";
import { holdRow } from "@uws/testing";
import { Mailbox } from "@uws/worker/testing";
import { openSetting, type Setting } from "./protocol-setting.ts";

/* News are told, and workers answered, when what they are about is committed. */

let setting: Setting;
const news = new Mailbox<JobNews>("news");
beforeAll(async () => {
  setting = await openSetting({ lease: 120_000, silence: 60_000, accept: 60_000, backoff: 10, backoffMax: 100 });
  setting.house.dispatch.news.onJob((each) => news.put(each));
});
afterAll(async () => await setting.close());

const reports: [what: string, phase: string, report: (attemptToken: string) => WorkerMessage][] = [
  ["a completion", "COMPLETED", (attemptToken) => ({ complete: { attemptToken } })],
  ["a failure", "ERROR", (attemptToken) => ({ fail: { attemptToken, kind: "FATAL" } })],
  ["a release", "QUEUED", (attemptToken) => ({ release: { attemptToken, reason: "later" } })],
];

test.each(reports)("nobody hears of %s before it is committed", async (_, phase, report) => {
  const { worker, id, attemptToken } = await setting.hold();
  await news.take((each) => each.id === id && each.phase === "EXECUTING");
  const row = await holdRow(setting.house.store.sql, id);
  worker.send(report(attemptToken));
  await row.awaited();
  // News keep their order: what was told before this is here when this is.
  const marker = crypto.randomUUID();
  setting.house.dispatch.news.tell([{ id: marker }]);
  await news.take((each) => each.id === marker);
  expect(news.items().filter((each) => each.id === id)).toEqual([]);
  await row.release();
  await worker.take("ended");
  expect(await news.take((each) => each.id === id)).toMatchObject({ phase });
});
