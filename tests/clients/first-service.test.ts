import { afterAll, beforeAll, expect, test } from "bun:test";
import { Follower } from "../support/follow-document.ts";

/* docs/first-service.md, to the letter: what it says is written, typed, and looked at. */

let reader: Follower;
beforeAll(async () => {
  reader = await Follower.of("docs/first-service.md");
});
afterAll(() => reader.stop());

test("one description and one handler, each under twenty lines", () => {
  const files = reader.blocks("file");
  expect(files.map(({ name }) => name)).toEqual(["greet/description.yaml", "greet/worker.ts"]);
  for (const { text } of files) expect(text.trimEnd().split("\n").length).toBeLessThan(20);
});

test("who follows the page has a service that others can use", async () => {
  await reader.write();
  await reader.startServer();
  await reader.inTerminal("worker", /connected/);
  const [submit, curl, sync, wrong, ...others] = reader.blocks("typed");
  expect(others).toEqual([]);
  expect(await reader.type(submit)).toContain("Hello, Ada!\nHello, Ada!\nHello, Ada!\n");
  expect(await reader.type(curl)).toBe("Hello, Bob!\n");
  expect(await reader.type(sync)).toBe("Hello, Eve!\nHello, Eve!\n");
  expect(await reader.type(wrong)).toContain("TIMES");
});
