import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, truncate } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readBatchFile } from "./batch-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-batch-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function read(text: string) {
  const path = join(folder, "jobs");
  await Bun.write(path, text);
  return await readBatchFile(path);
}

test("JSON lines keep their types and tell their lines; null is not given", async () => {
  expect(await read('\uFEFF{"A":1,"B":[true,"x"],"C":null}\r\n\n {"a b":"é"}\n')).toEqual([
    { line: 1, parameters: { A: 1, B: [true, "x"] } },
    { line: 3, parameters: { "a b": "é" } },
  ]);
});

test("CSV has names in its first line; quotes, repeated names and empty cells are understood", async () => {
  expect(await read('A,B ,A\r\n1,"x, ""y""\nz",2\r\n,,3\r\n')).toEqual([
    { line: 3, parameters: { A: ["1", "2"], B: ['x, "y"\nz'] } },
    { line: 4, parameters: { A: ["3"] } },
  ]);
});

test.each([
  ["", "has no jobs"],
  ["A,B\n", "has no jobs"],
  ["A,\n1,2\n", "jobs:1: must name each column"],
  ["A,B\n1\n", "line 2"],
  ['A\n"1\n', "jobs: "],
  ['{"A":1}\n{"A":\n', "jobs:2: must be a JSON object on one line"],
  ['{"A":1}\n[1]\n', "jobs:2: must be a JSON object on one line"],
  ['{"A":{"b":1}}\n', "jobs:1: A must be a text"],
  ['{"A":[[1]]}\n', "jobs:1: A must be a text"],
  ["{}\n".repeat(100_001), "at most 100000 are allowed"],
])("what is no such file is refused: %#", async (text, message) => {
  await expect(read(text)).rejects.toMatchObject({ name: "CommandError", message: expect.stringContaining(message) });
});

test("a file that is not there, none, or too large is not read", async () => {
  await expect(readBatchFile(join(folder, "nothing"))).rejects.toThrow("cannot be read");
  await expect(readBatchFile(folder)).rejects.toThrow("is no file");
  const large = join(folder, "large");
  await Bun.write(large, "");
  await truncate(large, 64 * 1024 * 1024 + 1);
  await expect(readBatchFile(large)).rejects.toThrow("has more than");
});
