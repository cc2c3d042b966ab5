import { expect, test } from "bun:test";
import { until } from "@uws/testing";
import { apiFixture } from "./testing.ts";

/* How an api goes, so that balancers turn to others before it takes no more. */

test("an api that is to stop says at /readyz that it leaves, and serves on before it does", async () => {
  const it = await apiFixture({ environment: { UWS_LEAVE_MS: "3000" } });
  const { url } = it.api;
  const readiness = async () => (await it.request(`${url}/readyz`)).status;
  expect(await readiness()).toBe(200);
  let stopped = false;
  const closed = it.close().then(() => {
    stopped = true;
  });
  await until(async () => (await readiness()) === 503, "that it is not ready");
  const answer = await it.request(it.cones);
  expect([answer.status, answer.headers.get("connection"), stopped]).toEqual([200, "close", false]);
  expect((await it.request(`${url}/healthz`)).status).toBe(200);
  await closed;
  await expect(it.request(it.cones)).rejects.toThrow();
});
