import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { createClient } from "@hey-api/openapi-ts";
import { type Site, startSite } from "../support/site.ts";
import { run } from "../support/tools/run.ts";

/*
 * A client that a public generator makes from our OpenAPI document, and nothing else, runs a job. It knows nothing of UWS.
 */

let site: Site;
let folder: string;
beforeAll(async () => {
  site = await startSite();
  site.worker("simulate");
  folder = await mkdtemp(join(tmpdir(), "uws-generated-"));
  const document = join(folder, "openapi.json");
  await writeFile(document, await (await fetch(`${site.running.url}/swagger/json`)).text());
  await createClient({
    input: document,
    output: { path: join(folder, "client"), tsConfigPath: null },
    plugins: ["@hey-api/typescript", "@hey-api/sdk", "@hey-api/client-fetch"],
    logs: { level: "silent" },
  });
});
afterAll(async () => {
  await site.stop();
  await rm(folder, { recursive: true, force: true });
});

/** What of the generated functions the test uses; the program below, which is type-checked, uses them by their own types. */
const program = `
import { createClient } from "./client/client";
import {
  getSimulateAsync, getSimulateAsyncById, getSimulateAsyncByIdResults, getSimulateAsyncByIdResultsByName,
  postSimulateAsync, postSimulateAsyncByIdPhase, deleteSimulateAsyncById,
} from "./client/sdk.gen";

export async function runAJob(baseUrl: string) {
  const client = createClient({ baseUrl, throwOnError: true, headers: { accept: "application/json" } });
  const created = await postSimulateAsync({
    client,
    body: { runId: "generated", parameters: { DURATION: 0.1, STEPS: 2, RESULTS: 1, RESULT_BYTES: 10 } },
  });
  const list = await getSimulateAsync({ client });
  const entry = list.data?.jobs.find(({ runId }) => runId === "generated");
  if (entry === undefined) throw new Error("the job is not in the list");
  const path = { id: entry.jobId };
  await postSimulateAsyncByIdPhase({ client, path, body: { PHASE: "RUN" } });
  let job = (await getSimulateAsyncById({ client, path })).data;
  while (job !== undefined && !["COMPLETED", "ERROR", "ABORTED"].includes(job.phase)) {
    job = (await getSimulateAsyncById({ client, path, query: { WAIT: 10, PHASE: job.phase as "QUEUED" } })).data;
  }
  const results = await getSimulateAsyncByIdResults({ client, path });
  const result = await getSimulateAsyncByIdResultsByName({ client, path: { ...path, name: "result-1" }, parseAs: "text" });
  await deleteSimulateAsyncById({ client, path, redirect: "manual" }).catch(() => {});
  const gone = await getSimulateAsyncById({ client, path, throwOnError: false });
  return { created: created.response.url, job, results: results.data, result: result.data, gone: gone.error };
}
`;

test("it creates a job, runs it, waits, reads its results, and removes it", async () => {
  await writeFile(join(folder, "program.ts"), program);
  const { runAJob } = (await import(join(folder, "program.ts"))) as { runAJob: (url: string) => Promise<object> };
  expect(await runAJob(site.running.url)).toMatchObject({
    job: { phase: "COMPLETED", runId: "generated", parameters: expect.anything() },
    result: expect.stringMatching(/^.{10}$/),
    gone: { status: 404 },
  });
});

test("its types fit how it is used, in strict TypeScript", async () => {
  const options = { strict: true, noEmit: true, skipLibCheck: true, target: "es2022", module: "esnext" };
  const more = { moduleResolution: "bundler", lib: ["es2022", "dom", "dom.iterable"], types: [] };
  const config = join(folder, "tsconfig.json");
  await writeFile(config, JSON.stringify({ compilerOptions: { ...options, ...more }, files: ["program.ts"] }));
  const compiler = join(dirname(Bun.resolveSync("typescript/package.json", import.meta.dirname)), "bin/tsc");
  expect(await run(process.execPath, [compiler, "-p", config])).toMatchObject({ out: "", code: 0 });
});
