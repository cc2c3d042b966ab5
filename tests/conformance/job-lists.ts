import { expect } from "bun:test";
import { clause } from "./clause.ts";
import type { Subject } from "./subject.ts";
import { child, idOf } from "./uws.ts";

/** Three jobs, one of them run to its end, and the creation time of the second. */
async function three(it: Subject) {
  const first = await it.create({}, { RUNID: "first" });
  const second = await it.ended(it.quick);
  const third = await it.create();
  const creation = child(await it.xml(second), "uws:creationTime").text;
  return { first: idOf(first), second: idOf(second), third: idOf(third), creation };
}

export function jobLists(): void {
  clause("list-document", async (it) => {
    const { status, headers, text } = await it.get(it.list);
    expect([status, headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/xml"]);
    const root = await it.xml(it.list);
    expect([root.name, root.attributes.version]).toEqual(["uws:jobs", "1.1"]);
    expect(text).toContain('xmlns:uws="http://www.ivoa.net/xml/UWS/v1.0"');
  });

  clause("list-reference", async (it) => {
    const job = await it.create({}, { RUNID: "r" });
    const reference = (await it.xml(it.list)).children.find(({ attributes }) => attributes.id === idOf(job));
    expect(reference?.attributes).toMatchObject({ id: idOf(job), "xlink:href": job });
    expect(reference?.children.map(({ name }) => name)).toEqual([
      "uws:phase",
      "uws:runId",
      "uws:ownerId",
      "uws:creationTime",
    ]);
  });

  clause("list-run-id", async (it) => {
    const ids = [await it.create({}, { RUNID: "<r & r>" }), await it.create()].map(idOf);
    const { children } = await it.xml(it.list);
    const runIds = ids.map((id) =>
      children
        .find(({ attributes }) => attributes.id === id)
        ?.children.filter(({ name }) => name === "uws:runId")
        .map(({ text }) => text),
    );
    expect(runIds).toEqual([["<r & r>"], []]);
  });

  clause(
    "list-archived",
    async (it) => {
      const kept = it.at("kept/async");
      const job = await kept.ended(it.quick);
      await kept.post(`${job}/phase`, { PHASE: "ARCHIVE" });
      expect(await kept.ids()).not.toContain(idOf(job));
      expect(await kept.ids("?PHASE=COMPLETED")).not.toContain(idOf(job));
      expect(await kept.ids("?PHASE=ARCHIVED")).toContain(idOf(job));
    },
    { own: true },
  );

  clause("filter-phase", async (it) => {
    const { first, second, third } = await three(it);
    const pending = await it.ids("?PHASE=PENDING");
    expect(pending).toContain(first);
    expect(pending).toContain(third);
    expect(pending).not.toContain(second);
    const phases = (await it.xml(`${it.list}?PHASE=PENDING`)).children.map((job) => child(job, "uws:phase").text);
    expect(new Set(phases)).toEqual(new Set(["PENDING"]));
  });

  clause("filter-phases", async (it) => {
    const { first, second, third } = await three(it);
    const both = await it.ids("?PHASE=PENDING&PHASE=COMPLETED");
    expect(both).toEqual(expect.arrayContaining([first, second, third]));
    expect(await it.ids("?PHASE=COMPLETED&PHASE=ERROR")).not.toContain(third);
  });

  clause("filter-after", async (it) => {
    const { first, second, third, creation } = await three(it);
    const later = await it.ids(`?AFTER=${creation}`);
    expect(later).toContain(third);
    expect(later).not.toContain(second);
    expect(later).not.toContain(first);
    const before = new Date(Date.parse(creation) - 1).toISOString();
    expect(await it.ids(`?AFTER=${before}`)).toEqual(expect.arrayContaining([second, third]));
  });

  clause("filter-after-forms", async (it) => {
    await it.create();
    const all = await it.ids();
    const forms = [
      "2015",
      "2015-10-26",
      "20151026",
      "2015-10-26 09:00",
      "2015-10-26T09:00",
      "2015-10-26T09:15:35",
      "2015-10-26T09:15:35.1",
      "2015-10-26T09:15:35.123456Z",
      "2015-10-26T09:15:35Z",
    ];
    for (const form of forms) expect(await it.ids(`?AFTER=${encodeURIComponent(form)}`)).toEqual(all);
    expect(await it.ids("?AFTER=2999-01-01")).toEqual([]);
  });

  clause("filter-after-zone", async (it) => {
    for (const zone of ["+01:00", "-00:00", "+0100", "CET"]) {
      const { status, text } = await it.get(`${it.list}?AFTER=${encodeURIComponent(`2015-10-26T09:15:35${zone}`)}`);
      expect([status, text.includes("AFTER")]).toEqual([400, true]);
    }
  });

  clause("filter-last", async (it) => {
    const { second, third } = await three(it);
    expect(await it.ids("?LAST=2")).toEqual([third, second]);
    expect(await it.ids("?LAST=1")).toEqual([third]);
    expect(await it.ids("?LAST=1000000")).toEqual(await it.ids());
  });

  clause("filter-order", async (it) => {
    const { first, second, third } = await three(it);
    const ids = await it.ids();
    expect(ids.filter((id) => [first, second, third].includes(id))).toEqual([third, second, first]);
    const times = (await it.xml(it.list)).children.map((job) => child(job, "uws:creationTime").text);
    expect(times).toEqual([...times].sort().reverse());
  });

  clause("filter-and", async (it) => {
    const { first, second, creation } = await three(it);
    const fourth = idOf(await it.create());
    expect(await it.ids(`?PHASE=COMPLETED&AFTER=${creation}`)).toEqual([]);
    expect(await it.ids("?PHASE=PENDING&LAST=1")).toEqual([fourth]);
    expect(await it.ids("?PHASE=COMPLETED&LAST=1")).toEqual([second]);
    expect(await it.ids(`?PHASE=PENDING&LAST=5&AFTER=${creation}`)).not.toContain(first);
  });

  clause("filter-case", async (it) => {
    const { third } = await three(it);
    expect(await it.ids("?last=1")).toEqual([third]);
    expect(await it.ids("?Last=1&Phase=PENDING")).toEqual([third]);
  });

  clause("filter-wrong", async (it) => {
    const wrong = ["PHASE=DONE", "PHASE=", "PHASE=pending", "LAST=0", "LAST=-1", "LAST=x", "LAST=1.5", "LAST="];
    for (const query of [...wrong, "AFTER=yesterday", "AFTER=", "AFTER=2015-13-01", "AFTER=2015-02-30"]) {
      const { status, text } = await it.get(`${it.list}?${query}`);
      expect([query, status, text.includes(query.split("=")[0] ?? "")]).toEqual([query, 400, true]);
    }
  });
}
