import { expect, test } from "bun:test";
import type { Phase } from "@uws/core";
import type { JobNews } from "@uws/dispatch";
import { until } from "@uws/testing";
import { Waiters } from "./waiters.ts";

function fixture(limit = 10, callerLimit = limit) {
  const stopping = new AbortController();
  const phases = new Map<string, Phase>();
  let hear: (news: JobNews) => void = () => {};
  const asked: (readonly string[])[] = [];
  const waiters = new Waiters({
    onJob: (listener) => {
      hear = listener;
    },
    phasesOf: async (ids) => {
      asked.push(ids);
      return phases;
    },
    connected: () => true,
    limit,
    callerLimit,
    interval: 5,
    stopping: stopping.signal,
    onError: () => {},
  });
  return { waiters, phases, asked, stopping, tell: (news: JobNews) => hear(news) };
}

/** Whether a change is there already. */
const isThere = async (change: Promise<void>) =>
  (await Promise.race([change.then(() => true), Promise.resolve(false)])) === true;

test("news of another phase is a change, news of the same one or of progress is not", async () => {
  const { waiters, phases, tell } = fixture();
  phases.set("a", "QUEUED");
  const watch = waiters.watch("a", "ann", false);
  watch?.saw("QUEUED");
  const changed = watch?.changed() ?? Promise.reject();
  tell({ id: "a", phase: "QUEUED" });
  tell({ id: "a" });
  tell({ id: "b", phase: "EXECUTING" });
  expect(await isThere(changed)).toBe(false);
  tell({ id: "a", phase: "EXECUTING" });
  await changed;
  watch?.close();
});

test("what happens while the job is read is not lost", async () => {
  const { waiters, tell } = fixture();
  const watch = waiters.watch("a", "ann", false);
  watch?.rearm();
  tell({ id: "a", phase: "EXECUTING" });
  watch?.saw("QUEUED");
  await watch?.changed();
  watch?.close();
});

test("lost news are found by one look for all, and nobody looks when nobody waits", async () => {
  const { waiters, phases, asked } = fixture();
  phases.set("a", "QUEUED").set("b", "QUEUED");
  const [one, other, same] = [
    waiters.watch("a", "ann", false),
    waiters.watch("b", "ann", false),
    waiters.watch("b", "ann", false),
  ];
  for (const watch of [one, other, same]) watch?.saw("QUEUED");
  await until(() => asked.length > 1, "looks");
  expect(asked.at(-1)).toEqual(["a", "b"]);
  phases.set("b", "ABORTED");
  await Promise.all([other?.changed(), same?.changed()]);
  for (const watch of [one, other, same]) watch?.close();
  expect(waiters.size).toBe(0);
});

test("there are no more watches than the limit, and a closed one makes room, once", () => {
  const { waiters } = fixture(1);
  const watch = waiters.watch("a", "ann", false);
  expect(waiters.watch("b", "ann", false)).toBeUndefined();
  watch?.close();
  watch?.close();
  expect(waiters.size).toBe(0);
  expect(waiters.watch("b", "ann", false)).toBeDefined();
});

test("a caller who has as many watches as one may have gets no more, others do", () => {
  const { waiters } = fixture(4, 2);
  const watches = ["a", "b"].map((id) => waiters.watch(id, "ann", false));
  expect(waiters.watch("c", "ann", true)).toBeUndefined();
  expect(waiters.watch("c", "bob", true)).toBeDefined();
  watches[0]?.close();
  watches[0]?.close();
  expect(waiters.watch("c", "ann", false)).toBeDefined();
  expect(waiters.watch("d", "ann", false)).toBeUndefined();
  expect(waiters.watch("d", "bob", false)).toBeDefined();
  expect(waiters.watch("d", "carl", false)).toBeUndefined();
});

test("all are woken when the server stops", async () => {
  const { waiters, stopping } = fixture();
  const watches = ["a", "b"].map((id) => waiters.watch(id, "ann", false));
  stopping.abort();
  await Promise.all(watches.map((watch) => watch?.changed()));
  for (const watch of watches) watch?.close();
});
