import { afterAll, beforeAll, expect, test } from "bun:test";
import { Metadata } from "@grpc/grpc-js";
import { decideDescription, listAnnounced } from "@uws/store";
import { until } from "@uws/testing";
import { announcementLimits } from "./announcements.ts";
import { bareWorker } from "./bare-worker.ts";
import type { Gateway } from "./gateway.ts";
import { type House, openTestHouse } from "./testing.ts";

let house: House;
beforeAll(async () => {
  house = await openTestHouse();
});
afterAll(() => house.close());

const newType = () => `t${crypto.randomUUID()}`;
const describe = (name: string, version = "1", type = "number") =>
  `name: ${name}\nversion: "${version}"\ntitle: T\nparameters: { type: object, properties: { P: { type: ${type} } } }\n`;

/** A worker says Hello, with descriptions; what the gateway says of them in its log. */
async function announce({ address }: Gateway, type: string, descriptions: string[], metadata?: Metadata) {
  const from = house.logged.length;
  const worker = bareWorker(address, { jobTypes: [type], workerName: "w", descriptions }, metadata);
  await worker.take("welcome");
  const lines = () => house.logged.slice(from).filter((line) => line.includes("announced description"));
  await until(() => lines().length > 0, "a word on the descriptions");
  worker.stream.cancel();
  return lines().join("\n");
}

const of = async (type: string) => (await listAnnounced(house.store)).filter((each) => each.type === type);

test("what is announced is ignored unless the operator says otherwise", async () => {
  const gateway = await house.gateway();
  const type = newType();
  expect(await announce(gateway, type, [describe(type)])).toContain("announced descriptions are ignored");
  expect(await of(type)).toEqual([]);
});

test("accepted, it is kept once, with who announced it", async () => {
  const gateway = await house.gateway({ requireToken: true }, { announced: "accept" });
  const type = newType();
  const metadata = new Metadata();
  metadata.set("authorization", `Bearer ${await house.token({ name: `token-${type}` })}`);
  expect(await announce(gateway, type, [describe(type)], metadata)).toContain("an announced description is accepted");
  const again = `# the same\n${describe(type)}`;
  expect(await announce(gateway, type, [again], metadata)).toContain("is accepted");
  expect(await of(type)).toMatchObject([{ state: "accepted", worker: "w", token: `token-${type}`, version: "1" }]);
  expect(await announce(gateway, type, [describe(type, "1", "integer")], metadata)).toMatch(
    /change the version.*is refused/,
  );
  expect(await of(type)).toHaveLength(1);
});

test("held, it waits until an operator has decided", async () => {
  const gateway = await house.gateway({}, { announced: "hold" });
  const type = newType();
  expect(await announce(gateway, type, [describe(type)])).toContain("waits for an operator");
  const [waiting] = await of(type);
  expect(waiting).toMatchObject({ state: "held", token: null });
  await decideDescription(house.store, waiting?.digest ?? "", "rejected", "olga");
  expect(await announce(gateway, type, [describe(type)])).toContain("an operator has rejected it");
});

test("each is checked, and one that is wrong does not keep others from being taken, nor the worker from working", async () => {
  const gateway = await house.gateway({}, { announced: "accept" });
  const type = newType();
  const long = `${describe(type, "2")}# ${"x".repeat(announcementLimits.bytes)}`;
  const from = house.logged.length;
  const worker = bareWorker(gateway.address, {
    jobTypes: [type],
    descriptions: ["a: [", describe("another"), describe(type).replace("number", "numbr"), long, describe(type, "3")],
  });
  await worker.take("welcome");
  await until(() => house.logged.slice(from).some((line) => line.includes("is accepted")), "the last one");
  const refused = house.logged.slice(from).filter((line) => line.includes("an announced description is refused"));
  expect(refused).toHaveLength(4);
  for (const [index, reason] of [
    "announced:1: ",
    "does not run the job type another",
    "P",
    "bytes; at most",
  ].entries()) {
    expect(refused[index]).toContain(reason);
  }
  expect((await of(type)).map(({ version }) => version)).toEqual(["3"]);
  worker.send({ credit: { totalSlots: 1 } });
  await house.submit(type);
  await worker.take("assign");
  worker.stream.cancel();
});

test("too many in one Hello are refused together", async () => {
  const gateway = await house.gateway({}, { announced: "accept" });
  const type = newType();
  const many = Array.from({ length: announcementLimits.descriptions + 1 }, (_, index) => describe(type, String(index)));
  const from = house.logged.length;
  const worker = bareWorker(gateway.address, { jobTypes: [type], descriptions: many });
  await worker.take("welcome");
  await until(() => house.logged.slice(from).some((line) => line.includes("too many in one Hello")), "the refusal");
  expect(await of(type)).toEqual([]);
  worker.stream.cancel();
});
