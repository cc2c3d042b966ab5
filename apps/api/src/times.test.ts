import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "./testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

test("a time is one value, to the millisecond, in the database, XML, JSON, the text resource and filters", async () => {
  const url = await it.create(it.frees, { DESTRUCTION: "2999-12-31T23:59:58.987654Z" });
  const id = url.split("/").at(-1) ?? "";
  const [row] = await it.store.sql<[{ created: string; destruction: string }]>`
    select to_char(creation_time at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as created,
      to_char(destruction at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US') as destruction
    from jobs where id = ${id}`;
  // Nothing below a millisecond is kept anywhere, so that nothing can differ.
  expect([row.created.slice(23), row.destruction]).toEqual(["000", "2999-12-31T23:59:58.987000"]);
  const created = `${row.created.slice(0, 23)}Z`;
  const text = async (at: string, accept = "*/*") => await (await it.request(at, { headers: { accept } })).text();
  const xml = await text(url);
  expect(xml).toContain(`<uws:creationTime>${created}</uws:creationTime>`);
  expect(xml).toContain("<uws:destruction>2999-12-31T23:59:58.987Z</uws:destruction>");
  expect(await text(`${url}/destruction`)).toBe("2999-12-31T23:59:58.987Z");
  expect(JSON.parse(await text(url, "application/json"))).toMatchObject({
    creationTime: created,
    destruction: "2999-12-31T23:59:58.987Z",
  });
  const list = async (after: Date) => await text(`${it.frees}?AFTER=${after.toISOString()}`);
  expect(await list(new Date(created))).not.toContain(id);
  expect(await list(new Date(Date.parse(created) - 1))).toContain(id);
});
