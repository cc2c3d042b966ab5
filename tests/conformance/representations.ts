import { expect } from "bun:test";
import { clause } from "./clause.ts";
import { idOf } from "./uws.ts";

const browser = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8";
const java = "text/html, image/gif, image/jpeg, */*; q=0.2";

export function representations(): void {
  clause("http-method", async (it) => {
    const job = await it.create();
    for (const [url, method] of [
      [it.list, "DELETE"],
      [`${job}/phase`, "DELETE"],
      [`${job}/owner`, "POST"],
      [`${job}/quote`, "POST"],
      [`${job}/results`, "PUT"],
    ] as const) {
      const { status, headers } = await it.send(url, { method });
      expect([url, status, headers.get("allow")?.includes("GET")]).toEqual([url, 405, true]);
    }
  });

  clause("http-nothing", async (it) => {
    for (const path of ["/nothing", "/phase/more", "/results/a/b"]) {
      expect((await it.get(`${await it.create()}${path}`)).status).toBe(404);
    }
  });

  clause("http-accept-xml", async (it) => {
    const job = await it.create();
    for (const accept of ["*/*", "text/plain", java, "text/xml", "image/png", "text/*"]) {
      for (const url of [job, it.list]) {
        const { status, headers } = await it.get(url, { accept });
        expect([accept, status, headers.get("content-type")?.split(";")[0]]).toEqual([accept, 200, "text/xml"]);
      }
    }
  });

  clause("http-accept-application", async (it) => {
    const job = await it.create();
    const type = async (accept: string) => (await it.get(job, { accept })).headers.get("content-type")?.split(";")[0];
    expect(await type("application/xml")).toBe("application/xml");
    expect(await type("application/xml, text/xml;q=0.5")).toBe("text/xml");
  });

  clause(
    "http-accept-json",
    async (it) => {
      const job = await it.create({ A: "1" });
      for (const accept of ["application/json", "application/json, text/xml;q=0.9", "application/json, */*;q=0.1"]) {
        const one = await it.get(job, { accept });
        expect(one.headers.get("content-type")).toStartWith("application/json");
        expect(JSON.parse(one.text)).toMatchObject({ jobId: idOf(job), phase: "PENDING" });
        const { jobs } = JSON.parse((await it.get(it.list, { accept })).text) as { jobs: { jobId: string }[] };
        expect(jobs.map(({ jobId }) => jobId)).toContain(idOf(job));
      }
    },
    { own: true },
  );

  clause(
    "http-accept-html",
    async (it) => {
      const job = await it.create({ A: "<script>" });
      for (const accept of [browser, "text/html"]) {
        for (const url of [job, it.list]) {
          const { headers, text } = await it.get(url, { accept });
          expect(headers.get("content-type")).toStartWith("text/html");
          expect(text).toStartWith("<!DOCTYPE html>");
          expect(text).not.toContain("<script>");
        }
      }
    },
    { own: true },
  );

  clause(
    "http-errors",
    async (it) => {
      const unknown = `${it.list}/nonsense`;
      const plain = await it.get(unknown);
      expect([plain.status, plain.headers.get("content-type")?.split(";")[0]]).toEqual([404, "text/plain"]);
      expect(plain.text).not.toBe("");
      const problem = await it.get(unknown, { accept: "application/json" });
      expect(problem.headers.get("content-type")?.split(";")[0]).toBe("application/problem+json");
      expect(JSON.parse(problem.text)).toMatchObject({ status: 404, title: expect.any(String) });
    },
    { own: true },
  );

  clause("http-content-type", async (it) => {
    const job = await it.create();
    for (const type of ["application/json", "multipart/form-data", "nonsense"]) {
      expect((await it.get(job, { "content-type": type })).status).toBe(200);
    }
  });

  clause("http-head", async (it) => {
    const job = await it.create();
    for (const url of [job, it.list, `${job}/phase`, `${job}/parameters`]) {
      const head = await it.send(url, { method: "HEAD" });
      expect([head.status, head.text]).toEqual([200, ""]);
      expect(head.headers.get("content-type")).toBe((await it.get(url)).headers.get("content-type"));
    }
  });

  clause(
    "http-paths",
    async (it) => {
      const deep = it.at("deep/er/path/jobs");
      const job = await deep.ended(it.quick);
      expect(job).toStartWith(`${deep.list}/`);
      expect(await deep.phase(job)).toBe("COMPLETED");
      expect(await deep.ids()).toEqual([idOf(job)]);
      expect(await it.ids()).not.toContain(idOf(job));
      expect((await it.get(`${it.list}/${idOf(job)}`)).status).toBe(404);
    },
    { own: true },
  );
}
