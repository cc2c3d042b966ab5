import { afterAll, beforeAll, expect, test } from "bun:test";
import { join } from "node:path";
import { type Site, startSite } from "../support/site.ts";
import { curl, python, runWell } from "../support/tools/index.ts";

/** curl and pyvo as users of a server that lets nobody else in. */

let site: Site;
beforeAll(async () => {
  site = await startSite({ users: { ada: "difference engine", grace: "nanoseconds" } });
  site.worker("simulate");
});
afterAll(() => site.stop());

const ask = async (...args: readonly string[]) => await runWell(await curl(), ["-sS", ...args]);

test("curl -u owns the job that it creates, and nobody else gets at it", async () => {
  const ada = ["-u", "ada:difference engine"];
  const status = ["-o", "/dev/null", "-w", "%{http_code}"];
  const list = `${site.running.url}/simulate/async`;
  const job = await ask(...ada, "-o", "/dev/null", "-w", "%{redirect_url}", "-d", "DURATION=0&PHASE=RUN", list);
  expect(await ask(...ada, `${job}?WAIT=30&PHASE=QUEUED`)).toContain("<uws:ownerId>ada</uws:ownerId>");
  expect(await ask(...ada, `${job}/owner`)).toBe("ada");
  expect(await ask(...ada, list)).toContain(job);
  const others = [["-u", "grace:nanoseconds"], ["-u", "ada:wrong password"], []];
  const statuses = await Promise.all(others.map((who) => ask(...who, ...status, job)));
  expect(statuses).toEqual(["403", "401", "401"]);
  expect(await ask("-u", "grace:nanoseconds", list)).not.toContain(job);
  // As a client that sends credentials only when it is asked for them.
  expect(await ask("--anyauth", ...ada, ...status, job)).toBe("200");
});

test("pyvo runs a job in a session that logs in", async () => {
  await runWell(await python(), [join(import.meta.dirname, "pyvo_login.py"), site.running.url]);
});
