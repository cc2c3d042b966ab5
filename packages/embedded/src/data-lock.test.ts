import { expect, test } from "bun:test";
import { lockData } from "./data-lock.ts";
import { otherProcess, temporaryFolder } from "./testing.ts";

test("a second user of a data directory is told the pid of the first", async () => {
  await using folder = await temporaryFolder();
  const lock = await lockData(folder.path, "thing");
  expect(lockData(folder.path, "thing")).rejects.toMatchObject({
    code: "in-use",
    message: expect.stringContaining(`pid ${process.pid})`),
  });
  const other = await lockData(folder.path, "another-thing");
  await other.release();
  await lock.release();
  await (await lockData(folder.path, "thing")).release();
});

test("kill -9 of the holder frees it", async () => {
  await using folder = await temporaryFolder();
  await using holder = await otherProcess<string>(`
    const { lockData } = await import(${JSON.stringify(`${import.meta.dir}/data-lock.ts`)});
    await lockData(${JSON.stringify(folder.path)}, "thing");
    Bun.gc(true);
    console.log('"locked"');
    setInterval(() => {}, 1000);
  `);
  expect(lockData(folder.path, "thing")).rejects.toThrow(`pid ${holder.pid})`);
  await holder.die();
  await (await lockData(folder.path, "thing")).release();
});
