import { expect } from "bun:test";
import { until } from "@uws/testing";
import { clause } from "./clause.ts";
import type { Subject } from "./subject.ts";
import { child, type Element } from "./uws.ts";

const parameters = async (it: Subject, job: string) =>
  (await it.xml(`${job}/parameters`)).children.map(({ attributes, text }) => [attributes.id, text]);

const href = (result: Element | undefined) => result?.attributes["xlink:href"] ?? "";

/** The largest result of a job that has completed. */
async function result(it: Subject): Promise<{ readonly url: string; readonly size: number; readonly type: string }> {
  const results = (await it.xml(`${await it.ended(it.quick)}/results`)).children;
  const size = (each: Element) => Number(each.attributes.size ?? 0);
  const [largest] = [...results].sort((one, other) => size(other) - size(one));
  if (largest === undefined) throw new Error("the job has no results");
  return { url: href(largest), size: size(largest), type: largest.attributes["mime-type"] ?? "" };
}

export function parametersAndResults(): void {
  clause("parameters-element", async (it) => {
    const root = await it.xml(`${await it.create(it.quick)}/parameters`);
    expect([root.name, root.attributes.version]).toEqual(["uws:parameters", undefined]);
    expect(root.children.map(({ name }) => name)).toEqual([...it.quick].map(() => "uws:parameter"));
  });

  clause(
    "parameters-echo",
    async (it) => {
      const values = [`<a> & "b" 'c' ]]>`, "cr\r\nlf\ntab\t end ", "ünï → 😀", "", " ", "&amp;lt;", "0", "-1e5"];
      const job = await it.create(
        new URLSearchParams(values.map((value, index): [string, string] => [`v${index}`, value])),
      );
      const echoed = values.map((value, index) => [`v${index}`, value]);
      expect(await parameters(it, job)).toEqual(echoed);
      expect(child(await it.xml(job), "uws:parameters").children.map(({ text }) => text)).toEqual(values);
      for (const [index, value] of values.entries()) {
        const { text } = await it.get(`${job}/parameters/v${index}`);
        expect(text).toBe(value);
      }
    },
    { own: true },
  );

  clause(
    "parameters-case",
    async (it) => {
      const job = await it.create({ duration: "3", Free: "x" });
      expect(await parameters(it, job)).toEqual([
        ["duration", "3"],
        ["Free", "x"],
      ]);
      expect((await it.get(`${job}/parameters/FREE`)).text).toBe("x");
      const wrong = await it.post(it.list, { duration: "soon" });
      expect([wrong.status, wrong.text.toUpperCase().includes("DURATION")]).toEqual([400, true]);
    },
    { own: true },
  );

  clause(
    "parameters-repeated",
    async (it) => {
      const sent: [string, string][] = [
        ["X", "2"],
        ["Y", "a"],
        ["X", "1"],
        ["X", "2"],
      ];
      expect(await parameters(it, await it.create(new URLSearchParams(sent)))).toEqual(sent);
    },
    { own: true },
  );

  clause("parameters-one", async (it) => {
    const [first] = [...it.quick];
    if (first === undefined) throw new Error("the quick job has no parameters");
    const { status, headers, text } = await it.get(`${await it.create(it.quick)}/parameters/${first[0]}`);
    expect([status, headers.get("content-type")?.split(";")[0], text]).toEqual([200, "text/plain", first[1]]);
  });

  clause(
    "parameters-by-reference",
    async (it) => {
      const bytes = new Uint8Array(100_000).map((_, index) => (index * 7919) % 256);
      const form = new FormData();
      form.append("control", "a\u0001b\u001fc");
      form.append("table", new File([bytes], "t.bin", { type: "application/x-test" }));
      const answer = await it.send(it.list, { method: "POST", body: form });
      const job = answer.headers.get("location") ?? "";
      const given = (await it.xml(`${job}/parameters`)).children;
      expect(given.map(({ attributes }) => attributes)).toEqual([
        { id: "control", byReference: "true" },
        { id: "table", byReference: "true" },
      ]);
      const [control, table] = given.map(({ text }) => text);
      expect((await it.get(control ?? "")).text).toBe("a\u0001b\u001fc");
      const download = await fetch(table ?? "");
      expect(download.headers.get("content-type")).toBe("application/x-test");
      expect(await download.bytes()).toEqual(bytes);
    },
    { own: true },
  );

  clause(
    "parameters-post",
    async (it) => {
      const job = await it.create({ A: "1", B: "1" });
      for (const [url, value] of [
        [job, "2"],
        [`${job}/parameters`, "3"],
      ] as const) {
        const { status, headers } = await it.post(url, { A: value, C: value });
        expect([status, headers.get("location")]).toEqual([303, job]);
        expect(await parameters(it, job)).toEqual([
          ["B", "1"],
          ["A", value],
          ["C", value],
        ]);
      }
    },
    { own: true },
  );

  clause(
    "parameters-put",
    async (it) => {
      const job = await it.create({ A: "1" });
      const { status } = await it.send(`${job}/parameters/A`, { method: "PUT", body: "value\r\n" });
      expect(status).toBe(303);
      expect(await parameters(it, job)).toEqual([["A", "value\r\n"]]);
    },
    { own: true },
  );

  clause("parameters-late", async (it) => {
    const job = await it.ended(it.quick);
    const before = await parameters(it, job);
    expect((await it.post(`${job}/parameters`, it.slow)).status).toBe(403);
    expect((await it.post(job, it.slow)).status).toBe(403);
    expect(await parameters(it, job)).toEqual(before);
  });

  clause("results-element", async (it) => {
    const root = await it.xml(`${await it.ended(it.quick)}/results`);
    expect([root.name, root.attributes.version]).toEqual(["uws:results", undefined]);
    expect(new Set(root.children.map(({ name }) => name))).toEqual(new Set(["uws:result"]));
  });

  clause("results-reference", async (it) => {
    const job = await it.ended(it.quick);
    const results = child(await it.xml(job), "uws:results").children;
    const ids = results.map(({ attributes }) => attributes.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
    for (const { attributes } of results) {
      expect(attributes["xlink:href"]).toMatch(/^https?:\/\//);
      expect(attributes["mime-type"]).toMatch(/^[\w.+-]+\/[\w.+-]+/);
      expect(attributes.size).toMatch(/^\d+$/);
      expect(attributes["xlink:type"] ?? "simple").toBe("simple");
    }
  });

  clause("results-bytes", async (it) => {
    const { url, size, type } = await result(it);
    const answer = await fetch(url);
    expect((await answer.bytes()).length).toBe(size);
    expect(answer.headers.get("content-length")).toBe(String(size));
    expect(answer.headers.get("content-type")?.split(";")[0]).toBe(type.split(";")[0]);
    for (const header of ["etag", "last-modified", "content-disposition"]) {
      expect([header, answer.headers.has(header)]).toEqual([header, true]);
    }
  });

  clause("results-head", async (it) => {
    const { url, size } = await result(it);
    const head = await it.send(url, { method: "HEAD" });
    const get = await it.get(url);
    expect([head.status, head.text, head.headers.get("content-length")]).toEqual([200, "", String(size)]);
    for (const header of ["content-type", "etag", "last-modified", "accept-ranges"]) {
      expect(head.headers.get(header)).toBe(get.headers.get(header));
    }
  });

  clause(
    "results-early",
    async (it) => {
      const job = await it.run(it.slow);
      await until(async () => (await it.xml(`${job}/results`)).children.length > 0 || undefined, "a result");
      expect(await it.phase(job)).toBe("EXECUTING");
      expect((await it.get(href((await it.xml(`${job}/results`)).children[0]))).status).toBe(200);
      await it.send(job, { method: "DELETE" });
    },
    { own: true },
  );

  clause("results-unknown", async (it) => {
    expect((await it.get(`${await it.ended(it.quick)}/results/nonsense`)).status).toBe(404);
  });

  clause("results-conditional", async (it) => {
    const { url } = await result(it);
    const etag = (await it.get(url)).headers.get("etag") ?? "";
    expect(etag).toMatch(/^".+"$/);
    expect((await it.get(url, { "if-none-match": etag })).status).toBe(304);
    expect((await it.get(url, { "if-none-match": '"other"' })).status).toBe(200);
  });

  clause("results-range", async (it) => {
    const { url, size } = await result(it);
    const whole = await (await fetch(url)).bytes();
    for (const [range, start, end] of [
      ["bytes=0-9", 0, 10],
      ["bytes=5-", 5, size],
      ["bytes=-7", size - 7, size],
      [`bytes=10-${size + 100}`, 10, size],
    ] as const) {
      const part = await fetch(url, { headers: { range } });
      expect([part.status, part.headers.get("content-range")]).toEqual([206, `bytes ${start}-${end - 1}/${size}`]);
      expect(await part.bytes()).toEqual(whole.slice(start, end));
    }
    const outside = await it.get(url, { range: `bytes=${size}-` });
    expect([outside.status, outside.headers.get("content-range")]).toEqual([416, `bytes */${size}`]);
  });

  clause(
    "results-passive",
    async (it) => {
      const { headers } = await it.get((await result(it)).url);
      expect(headers.get("x-content-type-options")).toBe("nosniff");
      expect(headers.get("content-security-policy")).toContain("sandbox");
    },
    { own: true },
  );
}
