import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type RunningNats, startNats } from "@uws/embedded";
import { type Site, startSite } from "../support/site.ts";

let site: Site;
let nats: RunningNats;
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-nats-"));
  nats = await startNats({ dataDir: folder, ephemeral: true });
  site = await startSite({ nats: nats.url });
});
afterAll(async () => {
  await site.stop();
  await nats.stop();
  await rm(folder, { recursive: true, force: true });
});

test("kill -9 of nats-server during 200 quick jobs: all end COMPLETED", async () => {
  site.worker("simulate");
  const client = site.client("simulate");
  const create = () => client.create({ DURATION: 0, STEPS: 1, RESULTS: 0 }, { run: true });
  const before = await Promise.all(Array.from({ length: 100 }, create));
  nats.kill("SIGKILL");
  // Jobs are accepted while there is no NATS at all.
  const during = await Promise.all(Array.from({ length: 50 }, create));
  await nats.restart();
  const after = await Promise.all(Array.from({ length: 50 }, create));
  const ended = await Promise.all([...before, ...during, ...after].map((job) => job.wait()));
  expect(ended.map(({ phase }) => phase)).toEqual(Array.from({ length: 200 }, () => "COMPLETED"));
});
