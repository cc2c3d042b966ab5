import { expect } from "bun:test";
import { connect } from "node:net";
import { clause } from "./clause.ts";
import { type Answer, child, idOf } from "./uws.ts";

/** What was created, from the answer. */
function created({ status, headers, text }: Answer): string {
  expect([status, text]).toEqual([303, text]);
  return headers.get("location") ?? "";
}

export function createAndControl(): void {
  clause("create-redirect", async (it) => {
    const { status, headers } = await it.post(it.list, it.quick);
    expect(status).toBe(303);
    expect(headers.get("location")).toStartWith(`${it.list}/`);
    expect((await it.get(headers.get("location") ?? "")).status).toBe(200);
  });

  clause("create-form", async (it) => {
    const job = created(await it.post(it.list, it.quick));
    const echoed = child(await it.xml(job), "uws:parameters").children;
    expect(echoed.map(({ attributes, text }) => [attributes.id, text])).toEqual([...it.quick]);
  });

  clause("create-multipart", async (it) => {
    const form = new FormData();
    for (const [name, value] of it.quick) form.append(name, value);
    const job = created(await it.send(it.list, { method: "POST", body: form }));
    const echoed = child(await it.xml(job), "uws:parameters").children;
    expect(echoed.map(({ attributes, text }) => [attributes.id, text])).toEqual([...it.quick]);
  });

  clause(
    "create-json",
    async (it) => {
      const body = JSON.stringify({ DURATION: 0.5, FREE: ["a", "b"], FLAG: true, RUNID: "r" });
      const headers = { "content-type": "application/json" };
      const job = await it.xml(created(await it.send(it.list, { method: "POST", body, headers })));
      expect(child(job, "uws:runId").text).toBe("r");
      const echoed = child(job, "uws:parameters").children.map(({ attributes, text }) => [attributes.id, text]);
      expect(echoed).toEqual([
        ["DURATION", "0.5"],
        ["FREE", "a"],
        ["FREE", "b"],
        ["FLAG", "true"],
      ]);
    },
    { own: true },
  );

  clause("create-empty", async (it) => {
    expect(await it.phase(created(await it.send(it.list, { method: "POST" })))).toBe("PENDING");
  });

  clause("create-control", async (it) => {
    const tomorrow = new Date(Date.now() + 86_400_000).toISOString();
    const control = { RUNID: "r", EXECUTIONDURATION: "9", DESTRUCTION: tomorrow };
    const query = new URLSearchParams(control);
    for (const job of [await it.create({}, control), created(await it.post(`${it.list}?${query}`, {}))]) {
      const shown = await it.xml(job);
      const values = ["uws:runId", "uws:executionDuration", "uws:destruction"].map((name) => child(shown, name).text);
      expect(values).toEqual(["r", "9", tomorrow]);
      expect(child(shown, "uws:parameters").children).toEqual([]);
    }
  });

  clause("create-run", async (it) => {
    for (const job of [await it.run(it.quick), created(await it.post(`${it.list}?PHASE=RUN`, it.quick))]) {
      expect(await it.phase(job)).not.toBe("PENDING");
      await it.reach(job, "COMPLETED");
    }
  });

  clause(
    "create-incomplete",
    async (it) => {
      const crossmatch = it.at("crossmatch/async");
      const job = await crossmatch.create({ RADIUS: "0.1" });
      expect(await crossmatch.phase(job)).toBe("PENDING");
      const run = await crossmatch.post(`${job}/phase`, { PHASE: "RUN" });
      expect([run.status, await crossmatch.phase(job)]).toEqual([400, "PENDING"]);
      await crossmatch.leavesNoJob(async () => {
        expect((await crossmatch.post(crossmatch.list, { RADIUS: "0.1", PHASE: "RUN" })).status).toBe(400);
      });
    },
    { own: true },
  );

  clause(
    "create-wrong",
    async (it) => {
      await it.leavesNoJob(async () => {
        for (const [name, wrong] of [
          ["DURATION", "soon"],
          ["RESULTS", "-1"],
          ["OUTCOME", "glory"],
          ["PHASE", "WALK"],
          ["EXECUTIONDURATION", "x"],
          ["DESTRUCTION", "x"],
        ] as const) {
          const { status, text } = await it.post(it.list, { [name]: wrong });
          expect([name, status, text.includes(name)]).toEqual([name, 400, true]);
        }
      });
    },
    { own: true },
  );

  clause(
    "create-upload",
    async (it) => {
      const { hostname, port, pathname } = new URL(it.list);
      const boundary = "<<<---U7P3h9---1234--->>>";
      const body = `\r\n--${boundary}\r\nContent-Disposition: form-data; name="NOTE"\r\n\r\nhere\r\n--${boundary}\r\nContent-Disposition: form-data; name="param:table"; filename="t.csv"\r\nContent-Type: text/csv\r\n\r\nra,dec\r\n1,2\r\n--${boundary}--\r\n`;
      const chunks = body.match(/[\s\S]{1,13}/g) ?? [];
      const request = [
        `POST ${pathname} HTTP/1.1\r\nHost: ${hostname}:${port}\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n`,
        `Content-Type: multipart/form-data; boundary="${boundary}"\r\n\r\n`,
        ...chunks.map((chunk) => `${chunk.length.toString(16)}\r\n${chunk}\r\n`),
        "0\r\n\r\n",
      ].join("");
      const answer = await new Promise<string>((resolve, reject) => {
        let heard = "";
        const socket = connect(Number(port), hostname, () => socket.write(request));
        socket.on("data", (bytes) => {
          heard += bytes.toString();
        });
        socket.on("error", reject).on("close", () => resolve(heard));
      });
      const job = /^location: (\S+)/im.exec(answer)?.[1] ?? answer;
      const [note, table] = (await it.xml(`${job}/parameters`)).children;
      expect(note).toMatchObject({ attributes: { id: "NOTE" }, text: "here" });
      expect(table?.attributes).toEqual({ id: "table", byReference: "true" });
      expect((await it.get(table?.text ?? "")).text).toBe("ra,dec\r\n1,2");
    },
    { own: true },
  );

  clause(
    "create-idempotent",
    async (it) => {
      const headers = { "idempotency-key": crypto.randomUUID() };
      const first = created(await it.post(it.list, it.quick, headers));
      expect(created(await it.post(it.list, it.quick, headers))).toBe(first);
      expect((await it.post(it.list, it.slow, headers)).status).toBe(409);
      expect(created(await it.post(it.list, it.quick))).not.toBe(first);
    },
    { own: true },
  );

  clause("run-redirect", async (it) => {
    const job = await it.create(it.quick);
    const { status, headers } = await it.post(`${job}/phase`, { PHASE: "RUN" });
    expect([status, headers.get("location")]).toEqual([303, job]);
    await it.reach(job, "COMPLETED");
  });

  clause("run-again", async (it) => {
    const running = await it.run(it.slow);
    await it.reach(running, "EXECUTING");
    for (const job of [running, await it.ended(it.quick)]) {
      expect((await it.post(`${job}/phase`, { PHASE: "RUN" })).status).toBe(403);
    }
    await it.send(running, { method: "DELETE" });
  });

  clause("abort-redirect", async (it) => {
    const running = await it.run(it.slow);
    await it.reach(running, "EXECUTING");
    for (const job of [running, await it.create()]) {
      const { status, headers } = await it.post(`${job}/phase`, { PHASE: "ABORT" });
      expect([status, headers.get("location"), await it.phase(job)]).toEqual([303, job, "ABORTED"]);
    }
  });

  clause("abort-at-job", async (it) => {
    const job = await it.create();
    expect([(await it.post(job, { PHASE: "ABORT" })).status, await it.phase(job)]).toEqual([303, "ABORTED"]);
  });

  clause("abort-query", async (it) => {
    const job = await it.create();
    const { status } = await it.send(`${job}/phase?phase=ABORT`, { method: "POST" });
    expect([status, await it.phase(job)]).toEqual([303, "ABORTED"]);
  });

  clause("abort-ended", async (it) => {
    const job = await it.ended(it.quick);
    expect((await it.post(`${job}/phase`, { PHASE: "ABORT" })).status).toBe(403);
    expect(await it.phase(job)).toBe("COMPLETED");
  });

  clause("phase-wrong", async (it) => {
    const job = await it.create();
    for (const wrong of ["COMPLETED", "run", "", "SUSPEND"]) {
      const { status, text } = await it.post(`${job}/phase`, { PHASE: wrong });
      expect([wrong, status, text.includes("PHASE")]).toEqual([wrong, 400, true]);
    }
    expect(await it.phase(job)).toBe("PENDING");
  });

  clause(
    "archive-ended",
    async (it) => {
      const pending = await it.create();
      expect((await it.post(`${pending}/phase`, { PHASE: "ARCHIVE" })).status).toBe(403);
      const ended = await it.ended(it.failing);
      const { status, headers } = await it.post(`${ended}/phase`, { PHASE: "ARCHIVE" });
      expect([status, headers.get("location"), await it.phase(ended)]).toEqual([303, ended, "ARCHIVED"]);
    },
    { own: true },
  );

  clause("delete-redirect", async (it) => {
    const job = await it.ended(it.quick);
    const { status, headers } = await it.send(job, { method: "DELETE" });
    expect([status, headers.get("location")]).toEqual([303, it.list]);
    expect((await it.get(job)).status).toBe(404);
    expect(await it.ids()).not.toContain(idOf(job));
  });

  clause("delete-action", async (it) => {
    const job = await it.create();
    const { status, headers } = await it.post(job, { ACTION: "DELETE" });
    expect([status, headers.get("location"), (await it.get(job)).status]).toEqual([303, it.list, 404]);
  });

  clause("delete-only", async (it) => {
    const job = await it.create();
    for (const fields of [{ ACTION: "delete" }, { ACTION: "" }, { ACTION: "REMOVE" }]) {
      expect((await it.post(job, fields)).status).toBe(400);
    }
    await it.post(job, {});
    expect((await it.get(job)).status).toBe(200);
  });

  clause("delete-running", async (it) => {
    const job = await it.run(it.slow);
    await it.reach(job, "EXECUTING");
    expect((await it.send(job, { method: "DELETE" })).status).toBe(303);
    expect((await it.get(job)).status).toBe(404);
  });
}
