import { expect } from "bun:test";
import { clause } from "./clause.ts";
import { child } from "./uws.ts";

export function waiting(): void {
  clause("wait-change", async (it) => {
    const job = await it.create(it.slow);
    const waiting = it.xml(`${job}?WAIT=50`);
    await it.post(`${job}/phase`, { PHASE: "RUN" });
    expect(child(await waiting, "uws:phase").text).not.toBe("PENDING");
    await it.send(job, { method: "DELETE" });
  });

  clause("wait-over", async (it) => {
    const job = await it.create();
    const started = performance.now();
    expect(child(await it.xml(`${job}?WAIT=1`), "uws:phase").text).toBe("PENDING");
    expect(performance.now() - started).toBeGreaterThan(900);
  });

  clause("wait-zero", async (it) => {
    const job = await it.create();
    // It would wait for as long as the test may take, and longer.
    expect(child(await it.xml(`${job}?WAIT=0`), "uws:phase").text).toBe("PENDING");
  });

  clause("wait-forever", async (it) => {
    const job = await it.create(it.slow);
    const waiting = it.xml(`${job}?WAIT=-1`);
    await it.post(`${job}/phase`, { PHASE: "ABORT" });
    expect(child(await waiting, "uws:phase").text).toBe("ABORTED");
  });

  clause("wait-phase", async (it) => {
    const job = await it.create(it.slow);
    expect(child(await it.xml(`${job}?WAIT=600&PHASE=QUEUED`), "uws:phase").text).toBe("PENDING");
    const waiting = it.xml(`${job}?WAIT=50&PHASE=PENDING`);
    await it.post(`${job}/phase`, { PHASE: "ABORT" });
    expect(child(await waiting, "uws:phase").text).toBe("ABORTED");
  });

  clause("wait-terminal", async (it) => {
    for (const job of [await it.ended(it.quick), await it.ended(it.failing)]) {
      expect((await it.get(`${job}?WAIT=600`)).status).toBe(200);
    }
  });

  clause("wait-wrong", async (it) => {
    const job = await it.create();
    for (const query of ["WAIT=x", "WAIT=-2", "WAIT=1.5", "WAIT=", "WAIT=1&WAIT=2", "WAIT=1&PHASE=NONE"]) {
      const { status, text } = await it.get(`${job}?${query}`);
      expect([query, status, text.includes(query.includes("NONE") ? "PHASE" : "WAIT")]).toEqual([query, 400, true]);
    }
  });

  clause("wait-job-only", async (it) => {
    const job = await it.create();
    for (const path of ["phase", "parameters", "results", "owner"]) {
      expect((await it.get(`${job}/${path}?WAIT=600`)).status).toBe(200);
    }
    expect((await it.get(`${it.list}?WAIT=600`)).status).toBe(200);
  });
}
