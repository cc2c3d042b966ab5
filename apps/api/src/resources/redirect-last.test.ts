import { afterAll, beforeAll, expect, test } from "bun:test";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  const services = { cone: 2, "api/batch": undefined };
  it = await apiFixture({
    services: (configured) =>
      configured.map((service) => ({ ...service, redirectLast: services[service.path as keyof typeof services] })),
  });
});
afterAll(() => it.close());

// shows: delete-last
test("who has destroyed a job is sent to the newest so many where the service says so, however it was destroyed", async () => {
  const jobs: string[] = [];
  for (let index = 0; index < 6; index++) jobs.push(await it.create(it.cones));
  const [one = "", two = "", three = "", ...left] = jobs;
  const destroyed = [
    await it.request(one, { method: "DELETE" }),
    await it.post(two, new URLSearchParams({ ACTION: "DELETE" })),
    await it.post(`${three}?action=DELETE`),
  ];
  for (const answer of destroyed) {
    expect([answer.status, answer.headers.get("location")]).toEqual([303, `${it.cones}?LAST=2`]);
  }
  const listed = async (url: string) =>
    [...(await (await it.request(url)).text()).matchAll(/xlink:href="([^"]+)"/g)].map(([, href]) => href);
  const newestFirst = left.toReversed();
  expect(await listed(destroyed[0]?.headers.get("location") ?? "")).toEqual(newestFirst.slice(0, 2));
  expect(await listed(it.cones)).toEqual(newestFirst);
});

test("who changes a job is sent to the job, and who destroys one elsewhere to the list as it is", async () => {
  const job = await it.create(it.cones);
  const answer = await it.post(`${job}/phase`, new URLSearchParams({ PHASE: "ABORT" }));
  expect([answer.status, answer.headers.get("location")]).toEqual([303, job]);
  const gone = await it.request(await it.create(it.frees), { method: "DELETE" });
  expect([gone.status, gone.headers.get("location")]).toEqual([303, it.frees]);
});
