import { expect, setDefaultTimeout, test } from "bun:test";
import { existsSync, readdirSync, statSync } from "node:fs";
import { appendFile, chmod, mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import connect from "postgres";
import { poll } from "../poll.ts";
import { gone, onlyAsRoot, onlyAsUser, otherProcess, temporaryFolder } from "../testing.ts";
import { startPostgres } from "./start-postgres.ts";

// A cluster takes a second to make here, and much longer on a busy machine.
setDefaultTimeout(60_000);

async function query(url: string, text: string): Promise<Record<string, unknown>[]> {
  const sql = connect(url, { max: 1, onnotice: () => {}, connect_timeout: 5 });
  try {
    return [...(await sql.unsafe(text))];
  } finally {
    await sql.end({ timeout: 1 });
  }
}

async function rejectionOf(promise: Promise<unknown>): Promise<Record<string, unknown>> {
  return promise.then(
    () => ({}),
    (error) => ({ code: error.code, message: error.message }),
  );
}

test("a server for development is as durable and as closed as one in production", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: join(folder.path, "data"), ephemeral: true });
  const names = ["fsync", "full_page_writes", "synchronous_commit", "server_encoding", "TimeZone", "listen_addresses"];
  const settings = await query(
    server.url,
    `select name, setting from pg_settings where name in ('${names.join("','")}','max_connections','unix_socket_directories','password_encryption')`,
  );
  expect(Object.fromEntries(settings.map((row) => [row.name, row.setting]))).toEqual({
    fsync: "on",
    full_page_writes: "on",
    synchronous_commit: "on",
    server_encoding: "UTF8",
    TimeZone: "UTC",
    listen_addresses: "127.0.0.1",
    max_connections: "200",
    unix_socket_directories: "",
    password_encryption: "scram-sha-256",
  });
  const wrong = server.url.replace(/:[0-9a-f]+@/, ":wrong@");
  expect(await rejectionOf(query(wrong, "select 1"))).toMatchObject({ code: "28P01" });
  await server.stop();
  await server.stop();
});

test("data and URL survive stop, restart and kill -9 of the server", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: folder.path });
  await query(server.url, "create table t (n int); insert into t values (1)");
  for (const how of ["fast", "immediate", "kill"] as const) {
    const before = server.pid;
    await server.restart(how);
    expect(server.pid).not.toBe(before);
    await query(server.url, "update t set n = n + 1");
  }
  server.kill("SIGKILL");
  expect(await gone(server.pid)).toBe(true);
  await server.restart();
  await server.stop();
  expect(await rejectionOf(server.restart())).toMatchObject({ code: "misuse" });

  const again = await startPostgres({ dataDir: folder.path, port: server.port });
  expect(again.url).toBe(server.url);
  expect(await query(again.url, "select n from t")).toEqual([{ n: 4 }]);
  await again.stop();
  expect(statSync(join(folder.path, "postgres.json")).mode & 0o777).toBe(0o600);
});

test("kill -9 of our process stops the server, and what was committed is there at the next start", async () => {
  await using folder = await temporaryFolder();
  await using parent = await otherProcess<{ url: string; pid: number }>(`
    const server = await embedded.startPostgres({ dataDir: ${JSON.stringify(folder.path)} });
    console.log(JSON.stringify({ url: server.url, pid: server.pid }));
    setInterval(() => {}, 1000);
  `);
  await query(parent.told.url, "create table t as select 1 as n");
  expect(await rejectionOf(startPostgres({ dataDir: folder.path }))).toMatchObject({
    code: "in-use",
    message: expect.stringContaining(`pid ${parent.pid})`),
  });
  await parent.die();
  // At once, while the guardian may still be at its work.
  const server = await startPostgres({ dataDir: folder.path });
  expect(await gone(parent.told.pid)).toBe(true);
  expect(await query(server.url, "select n from t")).toEqual([{ n: 1 }]);
  await server.stop();
});

test("a postmaster.pid left by a crash whose pid now is another program's does not hinder", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: folder.path });
  await server.stop();
  const { home } = JSON.parse(await readFile(join(folder.path, "postgres.json"), "utf8")) as { home: string };
  await writeFile(join(home, "cluster", "postmaster.pid"), `${process.pid}\n${home}\n`);
  const again = await startPostgres({ dataDir: folder.path });
  await again.stop();
});

test("two servers live side by side, and a moved data directory keeps its data", async () => {
  await using folder = await temporaryFolder();
  const [one, two] = await Promise.all(
    ["one", "two"].map((name) => startPostgres({ dataDir: join(folder.path, name) })),
  );
  if (!one || !two) throw new Error("no servers");
  await query(one.url, "create table only_in_one ()");
  expect(await query(two.url, "select to_regclass('only_in_one') as t")).toEqual([{ t: null }]);
  await Promise.all([one.stop(), two.stop()]);

  await rename(join(folder.path, "one"), join(folder.path, "three"));
  const three = await startPostgres({ dataDir: join(folder.path, "three") });
  expect(await query(three.url, "select to_regclass('only_in_one')::text as t")).toEqual([{ t: "only_in_one" }]);
  await three.stop();
});

test("an ephemeral server leaves nothing, neither when stopped nor when we are killed", async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, "data");
  const server = await startPostgres({ dataDir, ephemeral: true });
  await server.stop();
  expect(readdirSync(folder.path)).toEqual([]);

  await using parent = await otherProcess<{ pid: number; home: string }>(`
    const server = await embedded.startPostgres({ dataDir: ${JSON.stringify(dataDir)}, ephemeral: true });
    const { home } = await Bun.file(${JSON.stringify(join(dataDir, "postgres.json"))}).json();
    console.log(JSON.stringify({ pid: server.pid, home }));
    setInterval(() => {}, 1000);
  `);
  const removed = removal(dataDir);
  await parent.die();
  expect(await gone(parent.told.pid)).toBe(true);
  await removed;
  expect(existsSync(parent.told.home)).toBe(false);
});

test("a database that is meant to last is not deleted by an ephemeral start", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: folder.path });
  await server.stop();
  expect(await rejectionOf(startPostgres({ dataDir: folder.path, ephemeral: true }))).toMatchObject({ code: "misuse" });
  const again = await startPostgres({ dataDir: folder.path });
  await again.stop();
});

onlyAsRoot("as root, in a folder that nobody else may enter, the cluster goes elsewhere and is found", async () => {
  await using folder = await temporaryFolder(0o700);
  const dataDir = join(folder.path, "a", "b");
  const lines: string[] = [];
  const server = await startPostgres({ dataDir, log: (line) => lines.push(line) });
  await query(server.url, "create table t ()");
  await server.stop();
  expect(lines.join("\n")).toContain(`cannot reach ${dataDir}`);
  expect(statSync(folder.path).mode & 0o777).toBe(0o700);
  const { home } = JSON.parse(await readFile(join(dataDir, "postgres.json"), "utf8")) as { home: string };
  try {
    expect(statSync(join(home, "cluster")).mode & 0o777).toBe(0o700);
    const again = await startPostgres({ dataDir });
    expect(await query(again.url, "select to_regclass('t')::text as t")).toEqual([{ t: "t" }]);
    await again.stop();

    // The data directory made anew is a new database, though the old cluster was still there.
    await rm(dataDir, { recursive: true });
    const fresh = await startPostgres({ dataDir });
    expect(await query(fresh.url, "select to_regclass('t') as t")).toEqual([{ t: null }]);
    await fresh.stop();
  } finally {
    await rm(home, { recursive: true, force: true });
  }
  // Losing the cluster is an error: an empty database in its place would look like lost jobs.
  expect(await rejectionOf(startPostgres({ dataDir }))).toMatchObject({ code: "bad-data" });
});

test("a start that fails shows the server's own log, and gives the data directory free", async () => {
  await using folder = await temporaryFolder();
  const server = await startPostgres({ dataDir: folder.path });
  await server.stop();
  const { home } = JSON.parse(await readFile(join(folder.path, "postgres.json"), "utf8")) as { home: string };
  const config = join(home, "cluster", "postgresql.conf");
  const good = await readFile(config, "utf8");
  await appendFile(config, "\nwork_mem = 'much'\n");
  expect(await rejectionOf(startPostgres({ dataDir: folder.path }))).toMatchObject({
    code: "not-started",
    message: expect.stringContaining("work_mem"),
  });
  await writeFile(config, good);
  const again = await startPostgres({ dataDir: folder.path });
  await again.stop();
});

test("a port that was asked for and is taken is an error that says so", async () => {
  await using folder = await temporaryFolder();
  const squatter = createServer((socket) => socket.end("hello\n"));
  await new Promise<void>((resolve) => squatter.listen(0, "127.0.0.1", resolve));
  const address = squatter.address();
  const port = typeof address === "object" && address ? address.port : 0;
  const outcome = await rejectionOf(startPostgres({ dataDir: join(folder.path, "x"), port, ephemeral: true }));
  expect(outcome).toMatchObject({ code: "not-started", message: expect.stringContaining(`port ${port} is in use`) });
  squatter.close();
});

onlyAsUser("an ordinary user is told about a data directory that is somebody else's", async () => {
  await using folder = await temporaryFolder();
  const dataDir = join(folder.path, "theirs");
  await mkdir(dataDir);
  await chmod(dataDir, 0o500);
  expect(await rejectionOf(startPostgres({ dataDir }))).toMatchObject({ code: "bad-data" });
});

/** Resolves when the folder is gone. */
async function removal(path: string): Promise<void> {
  await poll({ timeoutMs: 20_000 }, () => (existsSync(path) ? undefined : true));
}
