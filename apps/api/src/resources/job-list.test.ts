import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture();
});
afterAll(() => it.close());

const asJson = { headers: { accept: "application/json" } };
const asHtml = { headers: { accept: "text/html" } };

const json = async (url: string) => {
  const answer = await it.request(url, asJson);
  expect(answer.status).toBe(200);
  return (await answer.json()) as { jobs: { jobId: string; runId: string }[]; next: string | null };
};

/** Run ids on all pages, newest first, one array a page. */
const pages = async (query: string, list = it.frees) => {
  const runs: string[][] = [];
  for (let url: string | null = list + query; url !== null; ) {
    const { jobs, next }: Awaited<ReturnType<typeof json>> = await json(url);
    runs.push(jobs.map(({ runId }) => runId));
    url = next;
  }
  return runs;
};

/** Run ids of a list, newest first, each of which is one letter; every representation has the same. */
const found = async (query: string, list = it.frees) => {
  const [jsonRuns, xml, html] = await Promise.all([
    pages(query, list),
    it.request(list + query).then((answer) => answer.text()),
    it.request(list + query, asHtml).then((answer) => answer.text()),
  ]);
  const runs = jsonRuns.flat();
  expect(xml).toEndWith("</uws:jobs>\n");
  expect([...xml.matchAll(/<uws:runId>(.)</g)].map(([, run]) => run ?? "")).toEqual(runs);
  expect([...html.matchAll(/<td>([a-z])<\/td>/g)].map(([, run]) => run ?? "")).toEqual(runs);
  return runs.join("");
};

describe("filters of the standard", () => {
  /** One job of each phase, a second apart; a is the oldest. */
  const phaseOf = {
    a: "PENDING",
    b: "QUEUED",
    c: "EXECUTING",
    d: "COMPLETED",
    e: "ERROR",
    f: "ABORTED",
    g: "HELD",
    h: "SUSPENDED",
    i: "UNKNOWN",
    j: "ARCHIVED",
  };
  const any = Object.values(phaseOf)
    .map((phase) => `&PHASE=${phase}`)
    .join("");

  beforeAll(async () => {
    for (const run of Object.keys(phaseOf)) await it.create(it.cones, { RUNID: run });
    const { sql } = it.store;
    for (const [index, [run, phase]] of Object.entries(phaseOf).entries()) {
      const time = new Date(Date.UTC(2026, 0, 1, 9, 0, index));
      await sql`update jobs set phase = ${phase}, creation_time = ${time} where run_id = ${run}`;
    }
  });
  afterAll(async () => {
    await it.store.sql`delete from jobs`;
  });

  test.each([
    ["", "ihgfedcba"],
    ["?PHASE=ARCHIVED", "j"],
    ["?PHASE=EXECUTING", "c"],
    ["?PHASE=ERROR&PHASE=PENDING&PHASE=ERROR", "ea"],
    [`?${any}`, "jihgfedcba"],
    ["?LAST=3", "ihg"],
    ["?LAST=1000000", "ihgfedcba"],
    ["?AFTER=2026-01-01T09:00:06", "ih"],
    ["?AFTER=2026-01-01T09:00:05.999Z", "ihg"],
    ["?AFTER=2025", "ihgfedcba"],
    ["?AFTER=2999-01-01", ""],
    ["?PHASE=PENDING&LAST=1", "a"],
    ["?PHASE=ARCHIVED&PHASE=QUEUED&PHASE=PENDING&LAST=2", "jb"],
    ["?PHASE=ARCHIVED&AFTER=2026-01-01T09:00:09", ""],
    ["?PHASE=HELD&PHASE=PENDING&AFTER=2026-01-01T09:00:00.500", "g"],
    ["?AFTER=2026-01-01T09:00:02&LAST=2", "ih"],
    ["?AFTER=2026-01-01T09:00:07&LAST=5", "i"],
    ["?PHASE=ERROR&PHASE=ABORTED&PHASE=HELD&AFTER=2026-01-01T09:00:04&LAST=1", "g"],
    ["?phase=ERROR&After=2026&last=1", "e"],
    ["?LAST=2&limit=1", "ih"],
    [`?limit=3${any}`, "jihgfedcba"],
  ])("%p lists %p, in every representation", async (query, runs) => {
    expect(await found(query, it.cones)).toBe(runs);
    expect(await found(query)).toBe("");
  });

  test.each([
    "PHASE=DONE",
    "PHASE=",
    "PHASE=executing",
    "PHASE=EXECUTING&PHASE=DONE",
    "PHASE=EXECUTING,ERROR",
    "LAST=0",
    "LAST=-1",
    "LAST=x",
    "LAST=1.5",
    "LAST=",
    "LAST=1&LAST=2",
    "AFTER=yesterday",
    "AFTER=",
    "AFTER=2015-10-26T00:00:00%2B01:00",
    "AFTER=2015-13-01",
    "AFTER=2015&AFTER=2016",
  ])("%p is refused by name", async (wrong) => {
    for (const init of [{}, asJson, asHtml, { method: "HEAD" }]) {
      const answer = await it.request(`${it.cones}?${wrong}`, init);
      expect(answer.status).toBe(400);
      if (!("method" in init)) expect(await answer.text()).toContain(wrong.split("=", 1)[0] ?? "?");
    }
  });

  test("a job in the list is the job that its link leads to", async () => {
    const text = await (await it.request(`${it.cones}?LAST=1`)).text();
    const link = /<uws:jobref id="([^"]+)" xlink:type="simple" xlink:href="([^"]+)"/.exec(text);
    const [{ jobs }, html, job] = await Promise.all([
      json(`${it.cones}?LAST=1`),
      it.request(`${it.cones}?LAST=1`, asHtml).then((answer) => answer.text()),
      it.request(link?.[2] ?? "").then((answer) => answer.text()),
    ]);
    expect(jobs).toMatchObject([{ jobId: link?.[1], href: link?.[2] }]);
    expect(html).toContain(`<a href="${link?.[2]}">`);
    expect(job).toContain(`<uws:jobId>${link?.[1]}</uws:jobId>`);
  });

  test("HEAD says what GET would, without the list", async () => {
    for (const [init, type] of [
      [{}, "text/xml; charset=utf-8"],
      [asHtml, "text/html; charset=utf-8"],
      [asJson, "application/json"],
    ] as const) {
      const head = await it.request(`${it.cones}?LAST=2`, { ...init, method: "HEAD" });
      expect([head.status, head.headers.get("content-type"), await head.text()]).toEqual([200, type, ""]);
    }
    expect(await found("", `${it.cones}/`)).toBe("ihgfedcba");
  });

  test("a list shows the caller's jobs and nobody else's, whatever its filters", async () => {
    const { sql } = it.store;
    await sql`update jobs set owner = 'ada' where run_id in ('c', 'f', 'i', 'j')`;
    expect(await found("", it.cones)).toBe("hgedba");
    expect(await found("?OWNER=", it.cones)).toBe("hgedba");
    expect(await found("?LAST=1", it.cones)).toBe("h");
    expect(await found(`?limit=2${any}`, it.cones)).toBe("hgedba");
    expect(await found("?RUNID=c", it.cones)).toBe("");
    expect(await found("?PHASE=EXECUTING&LAST=9", it.cones)).toBe("");
    expect(await found("?TYPE=cone&AFTER=2026-01-01T09:00:04", it.cones)).toBe("hg");
    for (const init of [{}, asJson, asHtml]) {
      const answer = await it.request(`${it.cones}?OWNER=ada`, init);
      expect([answer.status, await answer.text()]).toEqual([403, expect.stringContaining("OWNER")]);
    }
    await sql`update jobs set owner = null`;
  });
});

describe("pages", () => {
  beforeAll(async () => {
    await it.store.sql`delete from jobs`;
    for (const run of ["a", "b", "c", "d", "e"]) {
      const band = run < "c" ? "V" : "R";
      await it.create(it.frees, { RUNID: run, Band: band, DEPTH: run, ...(run === "b" ? { PHASE: "RUN" } : {}) });
    }
    await it.store.sql`update jobs set creation_time = creation_time - (102 - ascii(run_id)) * interval '1 second'`;
  });

  // shows: json-pages
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

  // shows: json-pages
  test("the pages hold every job once, while jobs are added and others go", async () => {
    const queries = { "?limit=1": "edcba", "?limit=1&LAST=4": "edcb", "?limit=1&PHASE=PENDING&PHASE=QUEUED": "edcba" };
    for (const [query, runs] of Object.entries(queries)) {
      const seen: string[] = [];
      const added: string[] = [];
      for (let url: string | null = it.frees + query; url !== null; ) {
        const { jobs, next }: Awaited<ReturnType<typeof json>> = await json(url);
        // The same page again is the same page.
        expect((await json(url)).jobs).toEqual(jobs);
        seen.push(...jobs.map(({ runId }) => runId));
        added.push(await it.create(it.frees, { RUNID: "new", ...(added.length % 2 ? { PHASE: "RUN" } : {}) }));
        url = next;
      }
      expect(seen.join("")).toBe(runs);
      for (const job of added) await it.request(job, { method: "DELETE" });
    }
    const { next } = await json(`${it.frees}?limit=2`);
    const [gone] = (await json(`${it.frees}?RUNID=d`)).jobs;
    await it.store.sql`update jobs set phase = 'ARCHIVED' where id = ${gone?.jobId ?? ""}`;
    // The job behind which it goes on is not in the list any more.
    expect((await json(next ?? "")).jobs.map(({ runId }) => runId)).toEqual(["c", "b"]);
    await it.store.sql`update jobs set phase = 'PENDING' where id = ${gone?.jobId ?? ""}`;
  });

  // shows: list-filters
  test("run id, type, owner, dates and values of parameters filter every representation", async () => {
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

test("JSON has a summary of each job where it is asked for, in which everything long is cut", async () => {
  const form = new FormData();
  form.append("RADIUS", "1");
  form.append("LABEL", "<b>");
  form.append("RUNID", "summary");
  form.append("PHASE", "RUN");
  form.append("TABLE", new File(["a,b\n"], "t.csv", { type: "text/csv" }));
  const url = (await it.post(it.cones, form)).headers.get("location") ?? "";
  const many = Object.fromEntries(Array.from({ length: 12 }, (_, index) => [`P${index}`, "é".repeat(201 - index)]));
  await it.create(it.frees, { ...many, RUNID: "many" });
  const attempt = await it.start(url);
  await it.progress(attempt, 1, 0.25);
  for (let index = 0; index < 12; index += 1) await it.addResult(attempt, `r${index}`, "x");

  const { jobs } = (await json(`${it.cones}?SUMMARY=true&RUNID=summary`)) as { jobs: object[] };
  expect(jobs).toEqual([
    expect.objectContaining({
      runId: "summary",
      summary: {
        startTime: expect.stringMatching(/Z$/),
        endTime: null,
        destruction: expect.stringMatching(/Z$/),
        progress: { fraction: 0.25, message: expect.any(String) },
        parameters: [
          { name: "RADIUS", value: "1", cut: false },
          { name: "LABEL", value: "<b>", cut: false },
          { name: "TABLE", byReference: true, mediaType: "text/csv", size: 4 },
        ],
        parameterCount: 3,
        results: Array.from({ length: 10 }, (_, index) => ({
          id: `r${index}`,
          href: `${url}/results/r${index}`,
          mediaType: expect.any(String),
          size: 1,
        })),
        resultCount: 12,
        error: null,
      },
    }),
  ]);
  const [wide] = ((await json(`${it.frees}?summary=true&RUNID=many`)) as { jobs: { summary?: object }[] }).jobs;
  expect(wide?.summary).toMatchObject({
    parameterCount: 12,
    parameters: [
      { name: "P0", value: "é".repeat(200), cut: true },
      { name: "P1", value: "é".repeat(200), cut: false },
      ...Array.from({ length: 8 }, (_, index) => ({ name: `P${index + 2}`, cut: false })),
    ],
  });
  const tooMany = await it.request(`${it.frees}?SUMMARY=true&limit=101`, asJson);
  expect([tooMany.status, await tooMany.text()]).toEqual([400, expect.stringContaining("1 to 100, with summaries")]);
});
