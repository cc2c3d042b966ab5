import { expect, test } from "bun:test";
import { until } from "@uws/testing";
import { SingleFlight } from "./single-flight.ts";

/** A question whose answers come when they are told to. */
function slowQuestion() {
  const asked: PromiseWithResolvers<string>[] = [];
  const ask = () => {
    const answer = Promise.withResolvers<string>();
    asked.push(answer);
    return answer.promise;
  };
  return { asked, ask };
}

test("thousands who ask together are two questions: the one that runs, and one for all who came after it began", async () => {
  const { asked, ask } = slowQuestion();
  const flights = new SingleFlight<string>();
  const first = flights.read("a", ask);
  const others = Array.from({ length: 5000 }, () => flights.read("a", ask));
  expect(asked.length).toBe(1);
  asked[0]?.resolve("before");
  expect(await first).toBe("before");
  await until(() => asked.length === 2, "the question of the others");
  asked[1]?.resolve("after");
  expect(new Set(await Promise.all(others))).toEqual(new Set(["after"]));
  expect(asked.length).toBe(2);
});

test("nobody gets the answer to a question that was asked before theirs", async () => {
  const flights = new SingleFlight<number>();
  let clock = 0;
  const reads: Promise<void>[] = [];
  for (let count = 0; count < 300; count += 1) {
    const asked = clock;
    reads.push(
      flights
        .read("a", async () => {
          const began = clock;
          for (let turn = 0; turn < count % 7; turn += 1) await Promise.resolve();
          if (count % 11 === 0) await Bun.sleep(0);
          return began;
        })
        .then((began) => expect(began).toBeGreaterThanOrEqual(asked)),
    );
    clock += 1;
    if (count % 3 === 0) await Promise.resolve();
    if (count % 17 === 0) await Bun.sleep(0);
  }
  await Promise.all(reads);
});

test("a failure is told to those who shared it, and the next question is asked", async () => {
  const { asked, ask } = slowQuestion();
  const flights = new SingleFlight<string>();
  const failing = flights.read("a", ask);
  const next = flights.read("a", ask);
  asked[0]?.reject(new Error("away"));
  expect(await failing.catch(String)).toBe("Error: away");
  await until(() => asked.length === 2, "the next question");
  asked[1]?.resolve("here");
  expect(await next).toBe("here");
  const other = flights.read("b", ask);
  expect(asked.length).toBe(3);
  asked[2]?.resolve("b");
  expect(await other).toBe("b");
});
