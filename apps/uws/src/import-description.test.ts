import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseDescription } from "@uws/description";

const main = join(import.meta.dirname, "main.ts");
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "uws-import-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function run(file: string, ...options: readonly string[]) {
  const command = [process.execPath, main, "import-description", file, ...options];
  const child = Bun.spawn(command, { cwd: folder, stdout: "pipe", stderr: "pipe" });
  const [out, error] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  return { out, error, code: await child.exited };
}

test("writes YAML that is a description, and tells on stderr what it left out", async () => {
  const schema = { title: "Make map", properties: { WIDTH: { type: "integer", format: "odd" } } };
  await Bun.write(join(folder, "map.json"), JSON.stringify({ defs: { map: schema } }));
  const { out, error, code } = await run("map.json", "--from", "json-schema", "--schema", "#/defs/map", "--name", "m");
  expect([code, error]).toEqual([0, "left out: #/defs/map.WIDTH.format: odd\n"]);
  expect(parseDescription(out, "out.yaml")).toMatchObject({ name: "m", version: "1", title: "Make map" });
});

test("what is wrong is told, and nothing is written", async () => {
  for (const [file, options, message] of [
    ["none.xml", ["--from", "opus"], "none.xml: cannot be read"],
    ["map.json", ["--from", "opus"], "map.json: file: cannot be expressed"],
    ["map.json", ["--from", "openapi"], "no OpenAPI 3 document"],
    ["map.json", ["--from", "opus", "--schema", "#/x"], "--schema is of an OpenAPI document"],
    ["map.json", [], "--from"],
  ] as const) {
    const { out, error, code } = await run(file, ...options);
    expect([out, code === 0]).toEqual(["", false]);
    expect(error).toContain(message);
  }
});
