import { expect } from "bun:test";
import { until } from "@uws/testing";
import { clause } from "./clause.ts";
import { ownLimits } from "./subject.ts";
import { child, idOf } from "./uws.ts";

const order = [
  "uws:jobId",
  "uws:runId",
  "uws:ownerId",
  "uws:phase",
  "uws:quote",
  "uws:creationTime",
  "uws:startTime",
  "uws:endTime",
  "uws:executionDuration",
  "uws:destruction",
  "uws:parameters",
  "uws:results",
  "uws:errorSummary",
  "uws:jobInfo",
];
const optional = ["uws:runId", "uws:errorSummary", "uws:jobInfo"];
const time = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

export function jobs(): void {
  clause("job-document", async (it) => {
    const job = await it.create();
    const { status, headers } = await it.get(job);
    expect([status, headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/xml"]);
    const root = await it.xml(job);
    expect([root.name, root.attributes.version, child(root, "uws:jobId").text]).toEqual(["uws:job", "1.1", idOf(job)]);
  });

  clause("job-order", async (it) => {
    for (const job of [await it.create({}, { RUNID: "r" }), await it.ended(it.failing), await it.ended(it.quick)]) {
      const names = (await it.xml(job)).children.map(({ name }) => name);
      expect(names).toEqual(order.filter((name) => names.includes(name)));
      expect(names).toEqual(expect.arrayContaining(order.filter((name) => !optional.includes(name))));
    }
  });

  clause("job-nil", async (it) => {
    const job = await it.xml(await it.create());
    for (const name of ["uws:ownerId", "uws:startTime", "uws:endTime"]) {
      expect(child(job, name)).toMatchObject({ attributes: { "xsi:nil": "true" }, text: "" });
    }
    for (const name of ["uws:executionDuration", "uws:creationTime"]) {
      expect(child(job, name).attributes).toEqual({});
    }
  });

  clause("job-absent", async (it) => {
    const names = (await it.xml(await it.create())).children.map(({ name }) => name);
    expect(names).not.toContain("uws:runId");
    expect(names).not.toContain("uws:errorSummary");
  });

  clause("job-empty-lists", async (it) => {
    const job = await it.xml(await it.create());
    expect(child(job, "uws:parameters")).toMatchObject({ children: [], text: "" });
    expect(child(job, "uws:results")).toMatchObject({ children: [], text: "" });
  });

  clause("job-prefixes", async (it) => {
    const { attributes } = await it.xml(await it.create());
    expect(attributes).toMatchObject({
      "xmlns:uws": "http://www.ivoa.net/xml/UWS/v1.0",
      "xmlns:xlink": "http://www.w3.org/1999/xlink",
      "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
    });
  });

  clause("job-id", async (it) => {
    const ids = await Promise.all(Array.from({ length: 20 }, async () => idOf(await it.create())));
    for (const id of ids) expect(id).toMatch(/^[0-9a-fA-F][A-Za-z0-9._~-]*$/);
    expect(new Set(ids).size).toBe(20);
  });

  clause("job-unknown", async (it) => {
    const children = ["", "/phase", "/executionduration", "/destruction", "/quote", "/owner", "/error", "/parameters"];
    for (const path of [...children, "/parameters/A", "/results", "/results/A"]) {
      const { status } = await it.get(`${it.list}/01890000-0000-7000-8000-000000000000${path}`);
      expect([path, status]).toEqual([path, 404]);
    }
    expect((await it.post(`${it.list}/nonsense/phase`, { PHASE: "RUN" })).status).toBe(404);
    expect((await it.send(`${it.list}/nonsense`, { method: "DELETE" })).status).toBe(404);
  });

  clause("job-times", async (it) => {
    const url = await it.ended(it.quick);
    const job = await it.xml(url);
    for (const name of ["uws:creationTime", "uws:startTime", "uws:endTime", "uws:destruction"]) {
      expect(child(job, name).text).toMatch(time);
    }
    expect((await it.get(`${url}/destruction`)).text).toBe(child(job, "uws:destruction").text);
    const reference = (await it.xml(`${it.list}?LAST=1`)).children[0];
    if (reference === undefined) throw new Error("the list is empty");
    expect(child(reference, "uws:creationTime").text).toBe(child(job, "uws:creationTime").text);
  });

  clause(
    "job-info",
    async (it) => {
      const info = child(await it.xml(await it.ended(it.quick)), "uws:jobInfo");
      expect(info.text.trim()).toBe("");
      expect(info.children.map(({ name }) => name)).toEqual(expect.arrayContaining(["info:progress", "info:attempt"]));
      expect(info.attributes).toEqual({ "xmlns:info": expect.stringMatching(/./) });
    },
    { own: true },
  );

  clause("phase-text", async (it) => {
    const { status, headers, text } = await it.get(`${await it.create()}/phase`);
    expect([status, headers.get("content-type")?.split(";")[0], text]).toEqual([200, "text/plain", "PENDING"]);
  });

  clause("phase-pending", async (it) => {
    const job = await it.create(it.quick);
    expect(child(await it.xml(job), "uws:phase").text).toBe("PENDING");
  });

  clause(
    "phase-queued",
    async (it) => {
      // The worker takes 16 at a time: others wait.
      const jobs = await Promise.all(Array.from({ length: 40 }, () => it.run(it.slow)));
      const phases = await Promise.all(jobs.map((job) => it.phase(job)));
      expect(phases).toContain("QUEUED");
      await Promise.all(jobs.map((job) => it.send(job, { method: "DELETE" })));
    },
    { own: true },
  );

  clause("phase-executing", async (it) => {
    const url = await it.run(it.slow);
    await it.reach(url, "EXECUTING");
    const job = await it.xml(url);
    expect(child(job, "uws:startTime").text).toMatch(time);
    expect(child(job, "uws:endTime").attributes["xsi:nil"]).toBe("true");
    await it.send(url, { method: "DELETE" });
  });

  clause("phase-completed", async (it) => {
    const url = await it.ended(it.quick);
    const job = await it.xml(url);
    expect(child(job, "uws:phase").text).toBe("COMPLETED");
    expect(Date.parse(child(job, "uws:endTime").text)).toBeGreaterThanOrEqual(
      Date.parse(child(job, "uws:startTime").text),
    );
  });

  clause("phase-error", async (it) => {
    const url = await it.ended(it.failing);
    const { status } = await it.get(url);
    const job = await it.xml(url);
    expect([status, child(job, "uws:phase").text]).toEqual([200, "ERROR"]);
    expect(child(job, "uws:errorSummary").children.map(({ name }) => name)).toEqual(["uws:message"]);
  });

  clause("phase-aborted", async (it) => {
    const url = await it.run(it.slow);
    await it.reach(url, "EXECUTING");
    await until(async () => (await it.xml(`${url}/results`)).children.length > 0 || undefined, "a result");
    await it.post(`${url}/phase`, { PHASE: "ABORT" });
    const job = await it.xml(url);
    expect(child(job, "uws:phase").text).toBe("ABORTED");
    expect(child(job, "uws:endTime").text).toMatch(time);
    expect(child(job, "uws:results").children.length).toBeGreaterThan(0);
  });

  clause(
    "phase-held",
    async (it) => {
      const narrow = it.at("narrow/async");
      const first = await narrow.run(it.slow);
      const second = await narrow.run(it.quick);
      expect(await narrow.phase(second)).toBe("HELD");
      const again = await narrow.post(`${second}/phase`, { PHASE: "RUN" });
      expect([again.status, await narrow.phase(second)]).toEqual([303, "HELD"]);
      await narrow.post(`${first}/phase`, { PHASE: "ABORT" });
      await narrow.post(`${second}/phase`, { PHASE: "RUN" });
      await narrow.reach(second, "COMPLETED");
    },
    { own: true },
  );

  clause(
    "phase-archived",
    async (it) => {
      const job = await it.ended(it.quick);
      const result = child(await it.xml(job), "uws:results").children[0]?.attributes["xlink:href"] ?? "";
      await it.post(`${job}/phase`, { PHASE: "ARCHIVE" });
      const archived = await it.xml(job);
      expect(child(archived, "uws:phase").text).toBe("ARCHIVED");
      expect(child(archived, "uws:results").children).toEqual([]);
      expect(child(archived, "uws:parameters").children.length).toBeGreaterThan(0);
      expect((await it.get(result)).status).toBe(404);
    },
    { own: true },
  );

  clause("duration-text", async (it) => {
    const { status, headers, text } = await it.get(`${await it.create()}/executionduration`);
    expect([status, headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/plain"]);
    expect(text).toMatch(/^\d+$/);
  });

  clause("duration-set", async (it) => {
    const job = await it.create();
    const { status, headers } = await it.post(`${job}/executionduration`, { EXECUTIONDURATION: "7" });
    expect([status, headers.get("location")]).toEqual([303, job]);
    expect((await it.get(`${job}/executionduration`)).text).toBe("7");
    expect(child(await it.xml(job), "uws:executionDuration").text).toBe("7");
  });

  clause(
    "duration-clamped",
    async (it) => {
      const job = await it.create();
      for (const asked of ["100000", "0"]) {
        await it.post(`${job}/executionduration`, { EXECUTIONDURATION: asked });
        expect((await it.get(`${job}/executionduration`)).text).toBe(String(ownLimits.executionDuration));
      }
    },
    { own: true },
  );

  clause("duration-wrong", async (it) => {
    const job = await it.create();
    const before = (await it.get(`${job}/executionduration`)).text;
    for (const wrong of ["abc", "-1", "2147483648", "1.5", "", "1e3"]) {
      const { status, text } = await it.post(`${job}/executionduration`, { EXECUTIONDURATION: wrong });
      expect([wrong, status, text.includes("EXECUTIONDURATION")]).toEqual([wrong, 400, true]);
    }
    expect((await it.get(`${job}/executionduration`)).text).toBe(before);
  });

  clause("duration-enforced", async (it) => {
    const url = await it.run(it.slow, { EXECUTIONDURATION: "1" });
    await it.reach(url, "ABORTED");
    const job = await it.xml(url);
    const took = Date.parse(child(job, "uws:endTime").text) - Date.parse(child(job, "uws:startTime").text);
    expect(took).toBeGreaterThanOrEqual(1000);
    expect(child(job, "uws:results").children.length).toBeGreaterThan(0);
  });

  clause("destruction-text", async (it) => {
    const { status, headers, text } = await it.get(`${await it.create()}/destruction`);
    expect([status, headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/plain"]);
    expect(text).toMatch(time);
  });

  clause("destruction-set", async (it) => {
    const job = await it.create();
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const { status, headers } = await it.post(`${job}/destruction`, { DESTRUCTION: tomorrow });
    expect([status, headers.get("location")]).toEqual([303, job]);
    expect((await it.get(`${job}/destruction`)).text).toBe(tomorrow);
    expect(child(await it.xml(job), "uws:destruction").text).toBe(tomorrow);
  });

  clause(
    "destruction-clamped",
    async (it) => {
      const job = await it.create();
      await it.post(`${job}/destruction`, { DESTRUCTION: "2999-01-01T00:00:00Z" });
      const got = Date.parse((await it.get(`${job}/destruction`)).text);
      const creation = Date.parse(child(await it.xml(job), "uws:creationTime").text);
      expect(got - creation).toBeGreaterThanOrEqual(ownLimits.destruction * 1000);
      expect(got).toBeLessThan(Date.parse("2999-01-01"));
    },
    { own: true },
  );

  clause("destruction-wrong", async (it) => {
    const job = await it.create();
    const before = (await it.get(`${job}/destruction`)).text;
    for (const wrong of ["tomorrow", "", "2030-13-01", "2030-01-01T00:00:00+01:00", "-1", "2030-02-30T00:00:00Z"]) {
      const { status, text } = await it.post(`${job}/destruction`, { DESTRUCTION: wrong });
      expect([wrong, status, text.includes("DESTRUCTION")]).toEqual([wrong, 400, true]);
    }
    expect((await it.get(`${job}/destruction`)).text).toBe(before);
  });

  clause("destruction-destroys", async (it) => {
    const job = await it.ended(it.quick);
    const result = child(await it.xml(job), "uws:results").children[0]?.attributes["xlink:href"] ?? "";
    await it.post(`${job}/destruction`, { DESTRUCTION: new Date(Date.now() - 1000).toISOString() });
    await until(async () => (await it.get(job)).status === 404 || undefined, "the job to be gone");
    expect((await it.get(result)).status).toBe(404);
    expect(await it.ids()).not.toContain(idOf(job));
  });

  clause(
    "destruction-archives",
    async (it) => {
      const kept = it.at("kept/async");
      const job = await kept.ended(it.quick);
      await kept.post(`${job}/destruction`, { DESTRUCTION: new Date(Date.now() - 1000).toISOString() });
      await kept.reach(job, "ARCHIVED");
      expect((await kept.xml(`${job}/results`)).children).toEqual([]);
    },
    { own: true },
  );

  clause("quote-text", async (it) => {
    for (const job of [await it.create(it.quick), await it.ended(it.quick)]) {
      const { status, headers, text } = await it.get(`${job}/quote`);
      expect([status, headers.get("content-type")?.split(";")[0]]).toEqual([200, "text/plain"]);
      expect(text === "" || time.test(text)).toBe(true);
    }
  });

  clause("quote-future", async (it) => {
    const job = await it.run(it.slow);
    const { headers, text } = await it.get(`${job}/quote`);
    expect(headers.get("content-type")).toStartWith("text/plain");
    if (text !== "") expect(Date.parse(text)).toBeGreaterThanOrEqual(Date.now() - 2000);
    await it.send(job, { method: "DELETE" });
  });

  clause("error-summary", async (it) => {
    const summary = child(await it.xml(await it.ended(it.failing)), "uws:errorSummary");
    expect(["transient", "fatal"]).toContain(summary.attributes.type ?? "");
    expect(child(summary, "uws:message").text).not.toBe("");
  });

  clause("error-detail", async (it) => {
    const job = await it.ended(it.failing);
    const summary = child(await it.xml(job), "uws:errorSummary");
    const { status, text } = await it.get(`${job}/error`);
    expect(status).toBe(200);
    if (summary.attributes.hasDetail === "true") expect(text).not.toBe(child(summary, "uws:message").text);
    else expect(text).toContain(child(summary, "uws:message").text);
  });

  clause("error-none", async (it) => {
    expect((await it.get(`${await it.create()}/error`)).status).toBe(404);
    expect((await it.get(`${await it.ended(it.quick)}/error`)).status).toBe(404);
  });

  clause("owner-anonymous", async (it) => {
    const job = await it.create();
    expect(child(await it.xml(job), "uws:ownerId").attributes["xsi:nil"]).toBe("true");
    const { status, text } = await it.get(`${job}/owner`);
    expect([status, text]).toEqual([200, ""]);
  });

  clause("run-id", async (it) => {
    const runId = ' <RUN> & "7" ';
    const job = await it.create({}, { RUNID: runId });
    expect(child(await it.xml(job), "uws:runId").text).toBe(runId);
  });

  clause(
    "run-id-post",
    async (it) => {
      const job = await it.create({}, { RUNID: "first" });
      for (const [url, runId] of [
        [job, "second"],
        [`${job}/parameters`, "third"],
      ] as const) {
        expect((await it.post(url, { runId })).status).toBe(303);
        expect(child(await it.xml(job), "uws:runId").text).toBe(runId);
      }
      await it.post(`${job}/phase`, { PHASE: "ABORT" });
      expect((await it.post(job, { RUNID: "late" })).status).toBe(403);
      expect(child(await it.xml(job), "uws:runId").text).toBe("third");
    },
    { own: true },
  );
}
