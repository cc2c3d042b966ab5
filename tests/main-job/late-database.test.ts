import { afterAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startPostgres } from "@uws/embedded";
import { migrate } from "@uws/store";
import { natsUrl } from "@uws/testing";
import { startProcess } from "../support/processes.ts";

const folder = await mkdtemp(join(tmpdir(), "uws-late-"));
const postgres = await startPostgres({ dataDir: join(folder, "postgres"), ephemeral: true });
afterAll(async () => {
  await postgres.stop();
  await rm(folder, { recursive: true, force: true });
});

test("an api that is started before PostgreSQL waits for it; one with a wrong password says so and ends", async () => {
  await migrate(postgres.url);
  const environment = {
    UWS_DATABASE_URL: postgres.url,
    UWS_NATS_URL: await natsUrl(),
    UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
    UWS_DATA_DIR: folder,
    UWS_HTTP_PORT: "0",
  };
  postgres.kill("SIGKILL");
  const api = startProcess("api", environment, /(waiting for it)[\s\S]*"url":"http/);
  const waits = await startProcess("keeper", environment, /(waiting for it)/);
  await waits.kill();
  await postgres.restart();
  expect((await api).said).toBe("waiting for it");
  await (await api).kill();

  const wrong = new URL(postgres.url);
  wrong.password = "wrong";
  await expect(startProcess("api", { ...environment, UWS_DATABASE_URL: wrong.href }, /(never)/)).rejects.toThrow(
    "password authentication failed",
  );
});
