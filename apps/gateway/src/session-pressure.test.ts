import { afterAll, beforeAll, expect, test } from "bun:test";
import { openFileBlobs } from "@uws/blobs";
import type { ServerMessage } from "@uws/protocol";
import { claimJobs, listLogLines, newAttemptToken } from "@uws/store";
import { holdRow } from "@uws/testing";
import { Mailbox } from "@uws/worker/testing";
import pino from "pino";
import { Announcements } from "./announcements.ts";
import { AttemptWriter } from "./attempt-writer.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { ResultStore } from "./result-store.ts";
import { Session } from "./session.ts";
import { type House, openTestHouse } from "./testing.ts";
import { TypeWatch } from "./type-watch.ts";

let house: House;
beforeAll(async () => {
  house = await openTestHouse({ lease: 120_000, silence: 60_000, accept: 60_000 });
});
afterAll(async () => await house.close());

test("a worker that reports faster than PostgreSQL takes it is not read any more, until it has", async () => {
  const { store, dispatch, timing } = house;
  const log = pino({ level: "silent" });
  const config = { timing } as GatewayDependencies["config"];
  const dependencies: GatewayDependencies = { config, store, dispatch, blobs: openFileBlobs("/nonexistent"), log };
  const types = new TypeWatch(store, 60_000, log, () => {});
  const said = new Mailbox<ServerMessage | "pause" | "resume">("what the session does");
  const session = new Session(
    dependencies,
    { name: "", types: undefined },
    undefined,
    {
      send: (message) => said.put(message),
      close: () => {},
      pause: () => said.put("pause"),
      resume: () => said.put("resume"),
    },
    types,
    new AttemptWriter(dependencies, types),
    new ResultStore(store, dependencies.blobs, dispatch.news),
    new Announcements(store, "ignore"),
    () => {},
  );
  const receive = (message: object) => session.receive(message as Parameters<Session["receive"]>[0]);
  receive({
    hello: { protocolVersion: 1, instanceId: "i", workerName: "", jobTypes: ["pressed"], descriptions: [], held: [] },
  });
  await said.take((message) => typeof message === "object" && message.welcome !== undefined);

  // Of a type for which no gateway pulls, the job is claimed by hand.
  const id = await house.submit("pressed");
  const attemptToken = newAttemptToken(id);
  const [job] = await claimJobs(store, [{ id, token: attemptToken, worker: "w" }], 60_000);
  if (job === undefined) throw new Error("The job was not claimed.");
  session.reserve();
  session.assign(job);
  receive({ accept: { attemptToken } });

  const row = await holdRow(store.sql, id);
  const lines = 1500;
  for (let sequence = 1; sequence <= lines; sequence += 1) {
    receive({ event: { attemptToken, sequence, event: "log", log: { level: "INFO", message: `${sequence}` } } });
  }
  expect(await said.take((message) => typeof message === "string")).toBe("pause");
  await row.release();
  expect(await said.take((message) => typeof message === "string")).toBe("resume");
  await said.take((message) => typeof message === "object" && message.eventAck?.sequence === lines);
  expect(await listLogLines(store, id, { attempt: 0, sequence: 0 }, 2000)).toHaveLength(lines);
  session.close();
  types.stop();
});
