import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Durations, durationsOf, mostAtOnce, type Queue, remaining, waitFor } from "./predict-end.ts";

const duration = fc.oneof(fc.nat(10_000), fc.double({ min: 0, max: 1e15, noNaN: true }));
const durations: fc.Arbitrary<Durations> = fc.record({ typical: duration, spread: duration });
const running = fc.record({ elapsed: duration, fraction: fc.double({ min: 0, max: 1, noNaN: true }) });
const queue: fc.Arbitrary<Queue> = fc.record({
  ahead: fc.nat(30_000),
  running: fc.array(running, { maxLength: 20 }),
  weight: fc.double({ min: 1, max: 100, noNaN: true }),
  free: fc.nat(20),
});
const holds = (property: Parameters<typeof fc.assert>[0]) => fc.assert(property, { numRuns: 500 });

test("a wait is whole milliseconds, finite, and not negative", () => {
  holds(
    fc.property(queue, durations, (queue, durations) => {
      const wait = waitFor(queue, durations);
      expect(Number.isSafeInteger(wait)).toBe(true);
      expect(wait).toBeGreaterThanOrEqual(0);
    }),
  );
});

test("more jobs ahead never make the wait shorter", () => {
  holds(
    fc.property(queue, fc.nat(1000), durations, (queue, more, durations) => {
      const longer = waitFor({ ...queue, ahead: queue.ahead + more }, durations);
      expect(longer).toBeGreaterThanOrEqual(waitFor(queue, durations));
    }),
  );
});

test("longer jobs never make the wait shorter", () => {
  holds(
    fc.property(queue, durations, fc.nat(100_000), ({ ...queue }, durations, more) => {
      const longer = waitFor(queue, { ...durations, typical: durations.typical + more });
      expect(longer).toBeGreaterThanOrEqual(waitFor(queue, durations));
    }),
  );
});

test("more workers never make the wait longer, whether they are free or busy", () => {
  holds(
    fc.property(queue, fc.nat(10), fc.array(running, { maxLength: 5 }), durations, (queue, free, busy, durations) => {
      const wait = waitFor(queue, durations);
      expect(waitFor({ ...queue, free: queue.free + free }, durations)).toBeLessThanOrEqual(wait);
      // Where nobody is there, one worker is supposed to be, and to be free.
      if (queue.running.length === 0 && queue.free === 0) return;
      expect(waitFor({ ...queue, running: [...queue.running, ...busy] }, durations)).toBeLessThanOrEqual(
        queue.running.length === 0 ? waitFor({ ...queue, weight: 1 }, durations) : wait,
      );
    }),
  );
});

test("the wait is what a simulation of the workers says", () => {
  const small = fc.record({
    ahead: fc.nat(60),
    running: fc.array(fc.record({ elapsed: fc.nat(5000), fraction: fc.constant(0) }), { maxLength: 6 }),
    weight: fc.constant(1),
    free: fc.nat(4),
  });
  holds(
    fc.property(small, fc.integer({ min: 1, max: 5000 }), (queue, typical) => {
      const durations = { typical, spread: 0 };
      const free = queue.running.length === 0 ? Math.max(1, queue.free) : queue.free;
      const workers = [...queue.running.map((job) => remaining(job, durations)), ...Array(free).fill(0)];
      let start = 0;
      for (let job = 0; job <= queue.ahead; job += 1) {
        start = Math.min(...workers);
        workers[workers.indexOf(start)] = start + typical;
      }
      expect(waitFor(queue, durations)).toBe(start);
    }),
  );
});

test("what remains of a running job is finite, not negative, and grows with the duration of such jobs", () => {
  holds(
    fc.property(running, durations, fc.nat(100_000), (job, durations, more) => {
      const left = remaining(job, durations);
      expect(Number.isFinite(left)).toBe(true);
      expect(left).toBeGreaterThanOrEqual(0);
      expect(remaining(job, { ...durations, typical: durations.typical + more })).toBeGreaterThanOrEqual(left);
    }),
  );
});

test("one absurd duration among ten or more does not count for more than three of the longest ordinary ones", () => {
  const ordinary = fc.array(fc.integer({ min: 100, max: 10_000 }), { minLength: 10, maxLength: 100 });
  holds(
    fc.property(ordinary, fc.integer({ min: 1e9 }), (measured, absurd) => {
      const mean = measured.reduce((sum, duration) => sum + duration, 0) / measured.length;
      const { typical = 0 } = durationsOf([...measured, absurd]) ?? {};
      expect(typical).toBeLessThanOrEqual(mean + (3 * Math.max(...measured)) / measured.length);
    }),
  );
});

test("durations grow when every measured one does", () => {
  const measured = fc.array(fc.record({ was: fc.nat(10_000), more: fc.nat(10_000) }), { minLength: 1, maxLength: 100 });
  holds(
    fc.property(measured, (measured) => {
      const before = durationsOf(measured.map(({ was }) => was));
      const after = durationsOf(measured.map(({ was, more }) => was + more));
      expect(after?.typical).toBeGreaterThanOrEqual((before?.typical ?? 0) - 1e-6);
    }),
  );
});

test("durations of nothing are unknown, of one it is that one", () => {
  expect(durationsOf([])).toBeUndefined();
  expect(durationsOf([7])).toEqual({ typical: 7, spread: 0 });
});

test("as many ran at once as intervals have a moment in common", () => {
  const interval = fc.tuple(fc.nat(50), fc.nat(50)).map(([start, length]) => [start, start + length + 1] as const);
  holds(
    fc.property(fc.array(interval, { maxLength: 20 }), (intervals) => {
      const moments = Array.from({ length: 102 }, (_, at) => intervals.filter(([from, to]) => from <= at && at < to));
      expect(mostAtOnce(intervals)).toBe(Math.max(...moments.map((those) => those.length)));
    }),
  );
});
