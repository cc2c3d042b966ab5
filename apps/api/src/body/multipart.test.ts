import { expect, test } from "bun:test";
import { readMultipart } from "./multipart.ts";

/** Reads a body of parts, each given with its headers. */
async function read(...parts: readonly string[]) {
  const body = `${parts.map((part) => `--b\r\n${part}\r\n`).join("")}--b--\r\n`;
  const source = (async function* () {
    yield new TextEncoder().encode(body);
  })();
  return await readMultipart("multipart/form-data; boundary=b", source, undefined);
}

const good = 'Content-Disposition: form-data; name="a"\r\n\r\n1';

test.each([
  "Content-Type: text/plain\r\n\r\n2",
  'Content-Disposition: attachment; name="b"\r\n\r\n2',
  'no colon\r\nContent-Disposition: form-data; name="b"\r\n\r\n2',
  `${"X: y\r\n".repeat(60)}Content-Disposition: form-data; name="b"\r\n\r\n2`,
  "",
])("a part that cannot be read is not passed over: %j", async (bad) => {
  await expect(read(good, bad, good)).rejects.toThrow("a part without a readable Content-Disposition");
});

test("names are read as browsers write them", async () => {
  expect(await read('Content-Disposition: form-data; name="a%22b%0D%0Ac%41"\r\n\r\n1')).toEqual([
    { name: 'a"b\r\nc%41', value: "1" },
  ]);
});
