import { afterAll, beforeAll, expect, test } from "bun:test";
import { failAttempts } from "@uws/store";
import { type ApiFixture, apiFixture } from "../testing.ts";

let it: ApiFixture;
beforeAll(async () => {
  it = await apiFixture({
    services: (configured) =>
      configured.map((service) => (service.path === "cone" ? { ...service, errors: "votable" as const } : service)),
  });
});
afterAll(() => it.close());

const message = "no <star> & \u0007 there";

async function failed(list: string): Promise<string> {
  const job = await it.create(list, { RADIUS: "1", PHASE: "RUN" });
  const failure = { type: "fatal", message, detail: "detail\nof it", retryable: false, retryDelay: 0 } as const;
  await failAttempts(it.store, [{ ...(await it.start(job)), ...failure }]);
  return job;
}

// shows: error-votable
test("a service may tell why a job failed as VOTable; JSON where it is asked for", async () => {
  const job = await failed(it.cones);
  const answer = await it.request(`${job}/error`);
  expect(answer.headers.get("content-type")).toBe("application/x-votable+xml; charset=utf-8");
  expect(await answer.text()).toContain(
    '<INFO name="QUERY_STATUS" value="ERROR">no &lt;star&gt; &amp; \ufffd there\n\ndetail\nof it</INFO>',
  );
  const json = await it.request(`${job}/error`, { headers: { accept: "application/json" } });
  expect(await json.json()).toEqual({ type: "fatal", message, detail: "detail\nof it" });
});

test("others tell it as text", async () => {
  const answer = await it.request(`${await failed(it.frees)}/error`);
  expect(answer.headers.get("content-type")).toBe("text/plain; charset=utf-8");
  expect(await answer.text()).toBe(`${message}\n\ndetail\nof it`);
});
