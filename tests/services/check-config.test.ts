import { afterAll, expect, test } from "bun:test";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Commands } from "../support/commands.ts";

const commands = new Commands();
afterAll(() => commands.stop());

const type = (name: string) =>
  `name: ${name}\nversion: 1.0.0\ntitle: A\nparameters: { type: object, properties: { SIZE: {} } }\n`;

test("`uws check-config` lists what would be served, or says all that is wrong", async () => {
  const folder = await commands.folder();
  const environment = { UWS_CONFIG: join(folder, "uws.yaml") };
  const service = async (path: string, more = "") => {
    const text = `services:\n  - { path: ${path}, descriptions: [one.yaml, two.yaml]${more} }\n`;
    await Bun.write(join(folder, "uws.yaml"), text);
    return await commands.finish(["check-config"], environment);
  };
  await Bun.write(join(folder, "one.yaml"), type("one"));
  await Bun.write(join(folder, "two.yaml"), type("two"));
  expect(await service("a/b")).toEqual({ code: 0, stdout: "/a/b/async  JOBTYPE: one 1.0.0, two 1.0.0\n", stderr: "" });

  const clash = await service("a", ", typeParameter: size");
  expect(clash.code).toBe(1);
  expect(clash.stderr).toContain("uws.yaml:2: services.0.typeParameter");
  expect(clash.stderr).toContain(
    "one.yaml:4: parameters.properties.SIZE: is how the service a tells its job types apart",
  );
  await Bun.write(join(folder, "two.yaml"), type("one"));
  const twice = (await service("a")).stderr;
  expect(twice).toContain('two.yaml:1: name: the service a has a job type "one" already');
  expect(twice).toContain("uws.yaml:2: services.0.descriptions.1");
  await rm(join(folder, "two.yaml"));
  expect((await service("a")).stderr).toMatch(
    /uws\.yaml:2: services\.0\.descriptions\.1: \S+two\.yaml: cannot be read/,
  );
  await Bun.write(join(folder, "two.yaml"), `${type("two")}  - [\n`);
  expect((await service("a")).stderr).toMatch(/two\.yaml:5: /);
});
