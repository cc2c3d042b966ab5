import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const ids = async (query: string) => {
  const answer = await it.request(it.cones + query);
  const text = await answer.text();
  if (answer.status !== 200) return `${answer.status} ${text}`;
  expect(text).toEndWith("</uws:jobs>\n");
  return [...text.matchAll(/<uws:jobref id="([^"]+)"/g)].map(([, id]) => id);
};

test("filters combine; what is no filter is refused", async () => {
  const urls = [
    await it.create(it.cones, { RUNID: "first" }),
    await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" }),
    await it.create(it.cones, { RADIUS: "1", PHASE: "RUN" }),
  ];
  await it.create(it.frees);
  await it.start(urls[2] ?? "");
  const [pending, queued, executing] = urls.map((url) => url.split("/").at(-1));
  expect(await ids("")).toEqual([executing, queued, pending]);
  expect(await ids("?PHASE=PENDING&phase=QUEUED")).toEqual([queued, pending]);
  expect(await ids("?LAST=1")).toEqual([executing]);
  expect(await ids("?PHASE=QUEUED&LAST=5&AFTER=2015-10-26")).toEqual([queued]);
  expect(await ids("?AFTER=2999-01-01")).toEqual([]);
  for (const wrong of ["PHASE=DONE", "LAST=0", "LAST=x", "AFTER=yesterday", "AFTER=2015-10-26T00:00:00%2B01:00"]) {
    expect(await ids(`?${wrong}`)).toStartWith("400 ");
  }

  const json = await it.request(it.cones, { headers: { accept: "application/json" } });
  expect(await json.json()).toMatchObject({
    jobs: [{ jobId: executing, href: urls[2] }, { jobId: queued }, { jobId: pending, runId: "first" }],
    next: null,
  });
  const html = await it.request(it.cones, { headers: { accept: "text/html" } });
  expect(await html.text()).toContain(`<a href="${urls[0]}">`);
  const head = await it.request(it.cones, { method: "HEAD" });
  expect([head.status, head.headers.get("content-type")]).toEqual([200, "text/xml; charset=utf-8"]);
  expect((await it.request(`${it.cones}/`)).status).toBe(200);
});
