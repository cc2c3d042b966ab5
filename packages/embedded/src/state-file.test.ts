import { expect, test } from "bun:test";
import { statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readState, writeState } from "./state-file.ts";
import { temporaryFolder } from "./testing.ts";

test("what is written is read, by its owner alone", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "x.json");
  expect(await readState(path, (value) => value)).toBeUndefined();
  await writeState(path, { a: 1 });
  await writeState(path, { a: 2 });
  expect(await readState(path, (value) => value.a)).toBe(2);
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a damaged file is an error that names it", async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, "x.json");
  for (const text of ["", "{", "null", "3"]) {
    writeFileSync(path, text);
    expect(readState(path, (value) => value)).rejects.toThrow(`${path} is damaged`);
  }
});
