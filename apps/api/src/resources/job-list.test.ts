import { afterAll, beforeAll, describe, expect, test } from "bun:test";
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

const json = async (url: string) => {
  const answer = await it.request(url, { headers: { accept: "application/json" } });
  expect(answer.status).toBe(200);
  return (await answer.json()) as { jobs: { jobId: string; runId: string }[]; next: string | null };
};

/** Run ids on all pages, newest first, one array a page. */
const pages = async (query: string) => {
  const runs: string[][] = [];
  for (let url: string | null = it.frees + query; url !== null; ) {
    const { jobs, next }: Awaited<ReturnType<typeof json>> = await json(url);
    runs.push(jobs.map(({ runId }) => runId));
    url = next;
  }
  return runs;
};

describe("pages", () => {
  beforeAll(async () => {
    await it.store.sql`delete from jobs`;
    for (const run of ["a", "b", "c", "d", "e"]) {
      const band = run < "c" ? "V" : "R";
      await it.create(it.frees, { RUNID: run, Band: band, DEPTH: run, ...(run === "b" ? { PHASE: "RUN" } : {}) });
    }
    await it.store.sql`update jobs set creation_time = creation_time - (102 - ascii(run_id)) * interval '1 second'`;
  });

  test("JSON comes in pages of a limit, each with the URL of the next", async () => {
    expect(await pages("")).toEqual([["e", "d", "c", "b", "a"]]);
    expect(await pages("?limit=2")).toEqual([["e", "d"], ["c", "b"], ["a"]]);
    expect(await pages("?LIMIT=5")).toEqual([["e", "d", "c", "b", "a"]]);
    expect(await pages("?limit=2&LAST=3")).toEqual([["e", "d"], ["c"]]);
    expect(await pages("?limit=2&LAST=2")).toEqual([["e", "d"]]);
    expect(await pages("?limit=2&PHASE=PENDING&PHASE=QUEUED&PHASE=ERROR")).toEqual([["e", "d"], ["c", "b"], ["a"]]);
    expect(await pages("?limit=1&PARAM.band=V&token=x")).toEqual([["b"], ["a"]]);
    const { next } = await json(`${it.frees}?limit=1&PARAM.band=V&token=x`);
    expect(next).toStartWith(`${it.frees}?limit=1&PARAM.band=V&cursor=`);
  });

  test("a page that is asked for again, after jobs came and went, begins where it began", async () => {
    const { next } = await json(`${it.frees}?limit=2`);
    const newest = await it.create(it.frees, { RUNID: "f" });
    expect((await json(next ?? "")).jobs.map(({ runId }) => runId)).toEqual(["c", "b"]);
    await it.request(newest, { method: "DELETE" });
  });

  test("run id, type, owner, dates and values of parameters filter every representation", async () => {
    const found = async (query: string) => {
      const [jsonRuns, xml, html] = await Promise.all([
        pages(query),
        it.request(it.frees + query).then((answer) => answer.text()),
        it.request(it.frees + query, { headers: { accept: "text/html" } }).then((answer) => answer.text()),
      ]);
      const runs = jsonRuns.flat();
      expect([...xml.matchAll(/<uws:runId>(.)</g)].map(([, run]) => run ?? "")).toEqual(runs);
      expect([...html.matchAll(/<td>([a-e])<\/td>/g)].map(([, run]) => run ?? "")).toEqual(runs);
      return runs.join("");
    };
    expect(await found("?RUNID=c")).toBe("c");
    expect(await found("?RUNID=b&PHASE=PENDING")).toBe("");
    expect(await found("?RUNID=b&PHASE=PENDING&PHASE=QUEUED")).toBe("b");
    expect(await found("?TYPE=free&LAST=2")).toBe("ed");
    expect(await found("?TYPE=cone")).toBe("");
    expect(await found("?PARAM.BAND=V&LAST=1")).toBe("b");
    expect(await found("?PARAM.band=R&param.depth=d")).toBe("d");
    expect(await found("?PARAM.band=R&PARAM.band=V")).toBe("");
    expect(await found("?PARAM.band=v")).toBe("");
    expect(await found("?OWNER=&PARAM.band=V")).toBe("ba");
    const [middle] = await it.store.sql<{ time: Date }[]>`select creation_time as time from jobs where run_id = 'c'`;
    await it.store.sql`update jobs set creation_time = creation_time - interval '1 day' where run_id = 'a'`;
    const time = middle?.time.toISOString();
    expect(await found(`?BEFORE=${time}`)).toBe("ba");
    expect(await found(`?AFTER=${time}`)).toBe("ed");
    expect(await found(`?BEFORE=${time?.replace("Z", "001Z")}`)).toBe("cba");
    await it.store.sql`update jobs set phase = 'ARCHIVED' where run_id = 'd'`;
    expect(await found("?RUNID=d")).toBe("");
    expect(await found("?RUNID=d&PHASE=ARCHIVED")).toBe("d");
    expect(await found("?PHASE=ARCHIVED&PHASE=PENDING")).toBe("edca");
    await it.store.sql`update jobs set phase = 'PENDING' where run_id = 'd'`;
  });

  test("what is wrong is refused by name, what is not ours is ignored", async () => {
    const wrong: Record<string, string> = {
      "?limit=0": "limit=0: not allowed; allowed: a whole number from 1 to 1000",
      "?limit=1001": "limit=1001",
      "?limit=x": "limit=x",
      "?BEFORE=soon": "BEFORE=soon",
      "?RUNID=a&runid=b": "RUNID is given 2 times",
      "?RUNID=%00": "RUNID=",
      "?PARAM.=x": "PARAM.",
      "?PARAM.a=%00": "PARAM.a=",
      "?cursor=": "cursor",
      "?cursor=x": "cursor",
    };
    for (const [query, message] of Object.entries(wrong)) {
      const answer = await it.request(it.frees + query, { headers: { accept: "application/json" } });
      expect([answer.status, await answer.text()]).toEqual([400, expect.stringContaining(message)]);
    }
    const others = await it.request(`${it.frees}?OWNER=ada`);
    expect([others.status, await others.text()]).toEqual([403, expect.stringContaining("OWNER")]);
    expect((await it.request(`${it.frees}?limit=x&cursor=x&PARAMS=1&_=17`)).status).toBe(200);
  });

  test("a cursor that was changed, cut, or is from another list is refused", async () => {
    const { next } = await json(`${it.frees}?limit=2`);
    const url = new URL(next ?? "");
    const cursor = url.searchParams.get("cursor") ?? "";
    expect(cursor).toMatch(/^[\w-]+$/);
    const changed = [...cursor].map(
      (letter, at) => cursor.slice(0, at) + (letter === "A" ? "B" : "A") + cursor.slice(at + 1),
    );
    for (const text of [...changed, cursor.slice(0, -1), `${cursor}A`, `${cursor}=`, ` ${cursor}`]) {
      url.searchParams.set("cursor", text);
      expect((await it.request(url.href, { headers: { accept: "application/json" } })).status).toBe(400);
    }
    for (const other of [`${it.frees}?PHASE=PENDING`, `${it.frees}?LAST=9`, `${it.cones}?`]) {
      const answer = await it.request(`${other}&cursor=${cursor}`, { headers: { accept: "application/json" } });
      expect(answer.status).toBe(400);
    }
    expect(await json(`${it.frees}?limit=1&cursor=${cursor}`)).toMatchObject({ jobs: [{ runId: "c" }] });
  });
});
