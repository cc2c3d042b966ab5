import { expect, setSystemTime, test } from "bun:test";
import { type Organ, Troubles } from "./troubles.ts";

const begin = 1_000_000_000_000;

/** Troubles between these times, in milliseconds from the beginning. */
async function troubled(...list: [Organ, from: number, to: number][]): Promise<Troubles> {
  const troubles = new Troubles();
  try {
    for (const [organ, from, to] of list) {
      setSystemTime(begin + from);
      await troubles.during(organ, async () => void setSystemTime(begin + to));
    }
  } finally {
    setSystemTime();
  }
  return troubles;
}

const able = (troubles: Troubles, from: number, to: number, settle = 0) =>
  troubles.able(begin + from, begin + to, settle);

test("without trouble, all the time counts", async () => {
  expect(able(await troubled(), 0, 1000)).toBe(1000);
});

test("one keeper is enough", async () => {
  expect(able(await troubled(["near keeper", 0, 500]), 0, 1000)).toBe(1000);
  expect(able(await troubled(["far keeper", 0, 500], ["link to PostgreSQL", 400, 900]), 0, 1000)).toBe(1000);
});

test("where both keepers are troubled, or PostgreSQL is, no time counts", async () => {
  expect(able(await troubled(["near keeper", 0, 500], ["far keeper", 300, 800]), 0, 1000)).toBe(800);
  expect(able(await troubled(["near keeper", 0, 500], ["link to PostgreSQL", 100, 300]), 0, 1000)).toBe(800);
  expect(able(await troubled(["PostgreSQL", 200, 600]), 0, 1000)).toBe(600);
});

test("after a trouble there is some time to settle", async () => {
  expect(able(await troubled(["PostgreSQL", 200, 600]), 0, 1000, 100)).toBe(500);
  expect(able(await troubled(["PostgreSQL", 200, 600]), 650, 1000, 100)).toBe(300);
});
