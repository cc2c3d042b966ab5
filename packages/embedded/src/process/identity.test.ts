import { expect, test } from "bun:test";
import { identify, isAlive } from "./identity.ts";

test("a live process has an identity that stays", () => {
  const me = identify(process.pid);
  expect(me).toEqual(identify(process.pid));
  expect(me && isAlive(me)).toBe(true);
});

test("a later process with the same pid is another one", () => {
  expect(isAlive({ pid: process.pid, started: "1" })).toBe(false);
});

test("a process that has ended, and nonsense, have no identity", async () => {
  const child = Bun.spawn(["true"]);
  await child.exited;
  expect(identify(child.pid)).toBeUndefined();
  for (const pid of [0, -1, Number.NaN, 1.5]) expect(identify(pid)).toBeUndefined();
});
