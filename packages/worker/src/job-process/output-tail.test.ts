import { expect, test } from "bun:test";
import { OutputLines } from "./output-lines.ts";
import { OutputTail } from "./output-tail.ts";

test("the tail of a short output is all of it", () => {
  const tail = new OutputTail(10);
  tail.add(Buffer.from("abc"));
  tail.add(Buffer.from("def"));
  expect(tail.text()).toBe("abcdef");
});

test("the tail begins with a whole character, wherever the output was cut", () => {
  const euros = Buffer.from("€".repeat(100));
  for (const size of [9, 10, 11, 12]) {
    const tail = new OutputTail(size);
    // In pieces that cut characters, too.
    for (let start = 0; start < euros.length; start += 4) tail.add(euros.subarray(start, start + 4));
    expect(tail.text()).toBe("€".repeat(Math.floor(size / 3)));
  }
});

test("what is no UTF-8 is replaced", () => {
  const tail = new OutputTail(10);
  tail.add(Buffer.from([0x61, 0xff, 0x62]));
  expect(tail.text()).toBe("a\ufffdb");
});

test("an output is cut into lines, one without an end into pieces", () => {
  const lines: string[] = [];
  const output = new OutputLines((line) => lines.push(line));
  const euro = Buffer.from("€");
  output.add(Buffer.from("one\r\ntw"));
  output.add(Buffer.concat([Buffer.from("o\n\n"), euro.subarray(0, 1)]));
  output.add(Buffer.concat([euro.subarray(1), Buffer.from("x".repeat(20_000))]));
  output.add(Buffer.from("\nlast"));
  output.end();
  expect(lines.map((line) => (line.length > 20 ? line.length : line))).toEqual([
    "one",
    "two",
    8192,
    8192,
    3617,
    "last",
  ]);
});
