import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Site, startSite } from "../support/site.ts";

/** What the server says of itself, judged by the schemas of the IVOA that STILTS brings with it. */

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  folder = await mkdtemp(join(tmpdir(), "uws-vosi-"));
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true });
});

/** STILTS is a Java program of its own, which not every machine has. */
const judged = test.skipIf(Bun.which("stilts") === null);

/** Runs STILTS; a failure to start it is a failure of the test. */
async function stilts(...args: readonly string[]) {
  const process = Bun.spawn(["stilts", ...args], { stdout: "pipe", stderr: "pipe" });
  const [out, error] = await Promise.all([process.stdout.text(), process.stderr.text()]);
  return { said: (out + error).trim(), code: await process.exited };
}

async function saved(name: string, accept = "*/*"): Promise<string> {
  const answer = await fetch(`${site.running.url}/${name}`, { headers: { accept } });
  expect(answer.status).toBe(200);
  const file = join(folder, name.replaceAll("/", "-"));
  await writeFile(file, await answer.bytes());
  return file;
}

const services = ["crossmatch", "simulate"];

judged.each(services.flatMap((service) => [`${service}/capabilities`, `${service}/availability`]))(
  "%s is valid",
  async (name) => {
    const file = await saved(name);
    expect(await stilts("xsdvalidate", "uselocals=true", `doc=${file}`)).toEqual({ said: "", code: 0 });
  },
);

judged("what is not valid is found out", async () => {
  const file = await saved("simulate/capabilities");
  await writeFile(file, (await Bun.file(file).text()).replace("<queryType>GET", "<queryType>PUT"));
  expect((await stilts("xsdvalidate", "uselocals=true", `doc=${file}`)).said).toContain("queryType");
});

judged.each(services)("the service descriptor of %s is a valid VOTable", async (service) => {
  const file = await saved(`${service}/description`, "application/x-votable+xml");
  expect(await stilts("votlint", file)).toEqual({ said: "", code: 0 });
});
