import { afterAll, expect, test } from "bun:test";
import { join } from "node:path";
import { until } from "@uws/testing";
import { startWorker } from "@uws/worker";
import { Commands } from "../support/commands.ts";

/* A worker brings its job type along: from its Hello over an operator's word to a job that it completes. */

const commands = new Commands();
afterAll(() => commands.stop());

const description = `
name: greet
version: 1.0.0
title: Greeting
parameters: { type: object, required: [NAME], properties: { NAME: { type: string, maxLength: 20 } } }
results: [{ id: greeting, mediaType: text/plain }]
`;

// shows: announced
test("a job type that a worker announces is served when an operator has approved it", async () => {
  const folder = await commands.folder();
  await Bun.write(join(folder, "uws.yaml"), "announced: hold\nservices: [{ path: survey, types: [greet] }]\n");
  const environment = await commands.site({ UWS_CONFIG: join(folder, "uws.yaml"), UWS_SWEEP_MS: "100" });
  const server = commands.run(["up", "--no-workers"], environment);
  const jobs = (await server.line(/survey +(http:\S+)/)) ?? "";
  const address = await server.line(/workers +(\S+:\d+) \(gRPC\)/);
  const worker = await startWorker({
    ...{ address: address ?? "", descriptions: [description], handleSignals: false },
    jobs: {
      async greet(job) {
        await job.result("greeting", `Hello, ${job.parameters.get("NAME")}!`, "text/plain");
      },
    },
  });
  try {
    await server.line(/(an announced description waits for an operator)/);
    expect((await fetch(jobs)).status).toBe(404);
    const listed = await commands.finish(["descriptions", "list"], environment);
    const digest = /^(\w{12}) +greet +1\.0\.0 +held/m.exec(listed.stdout)?.[1] ?? listed.stdout + listed.stderr;
    const approved = await commands.finish(["descriptions", "approve", digest], environment);
    expect(approved).toMatchObject({ code: 0, stdout: "Version 1.0.0 of greet is accepted.\n" });

    await until(async () => (await fetch(jobs)).status === 200, "the service");
    expect((await fetch(jobs, { method: "POST", body: new URLSearchParams({ NAME: "x".repeat(21) }) })).status).toBe(
      400,
    );
    const body = new URLSearchParams({ NAME: "Ada", PHASE: "RUN" });
    const { headers } = await fetch(jobs, { method: "POST", body, redirect: "manual" });
    const job = headers.get("location") ?? "";
    await until(async () => (await (await fetch(`${job}/phase`)).text()) === "COMPLETED", "the job's end");
    expect(await (await fetch(`${job}/results/greeting`)).text()).toBe("Hello, Ada!");
  } finally {
    await worker.stop();
  }
});
