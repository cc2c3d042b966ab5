import { expect, test } from "bun:test";
import type { Attempt } from "./attempt.ts";
import { LeaseWatch } from "./lease-watch.ts";

const attempt = (leaseMs: number, leaseLost = false) => ({ leaseMs, leaseLost }) as Attempt;

test("an attempt is lost when its own lease, else the session's, has passed without contact", () => {
  let time = 0;
  const watch = new LeaseWatch(() => time);
  const [own, sessions, alreadyLost] = [attempt(50), attempt(0), attempt(0, true)];
  const attempts = [own, sessions, alreadyLost] as Attempt[];
  time = 49;
  expect(watch.check(attempts, 100)).toEqual({ lost: [], nextMs: 1 });
  time = 50;
  expect(watch.check(attempts, 100)).toEqual({ lost: [own] as Attempt[], nextMs: 50 });
  watch.contact();
  expect(watch.check(attempts, 100)).toEqual({ lost: [], nextMs: 50 });
  time = 150;
  expect(watch.check(attempts, 100).lost).toEqual([own, sessions] as Attempt[]);
});
