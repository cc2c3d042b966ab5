import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type JobHandle, type RemoteJob, UwsClient } from "@uws/client";
import { loadConfig } from "@uws/config";
import { messierCsv } from "@uws/worker-crossmatch";
import pino from "pino";
import { progressOn, showEvent } from "./client/progress.ts";
import { startAll } from "./start-all.ts";
import { untilSignal } from "./until-signal.ts";
import { addresses } from "./up.ts";

/** Degrees around each Messier object in which stars are looked for. */
const radius = 0.5;

/** File names of the results that the demo saves. */
const fileNames: Readonly<Record<string, string>> = {
  result: "messier.vot",
  csv: "messier.csv",
  chart: "messier.svg",
};

/**
 * `run demo`: starts everything on free ports with data of its own, runs one real job from upload to results as any
 * client would, and stops everything again (with `--stay`: on a signal).
 */
export async function runDemo({ stay }: { stay: boolean }): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "uws-demo-"));
  const config = {
    ...loadConfig(process.env, process.cwd()),
    dataDir,
    // Beside a server that runs already, the demo must not ask for its ports.
    ...(stay ? {} : { httpPort: 0, grpcPort: 0 }),
  };
  const output = resolve(process.cwd(), ".uws", "demo");
  await mkdir(output, { recursive: true });
  const signal = untilSignal();
  const log = pino({ level: config.logLevel }, pino.destination(join(output, "server.log")));

  console.log("Starting PostgreSQL, NATS, api, gateway, keeper and two workers …");
  const running = await startAll({ config, log, say: (line) => log.info(line), workers: true, ephemeral: true });
  try {
    console.log(addresses(running, config.services));
    const interrupted = signal.then((name) => {
      throw new Error(`Stopped by ${name}.`);
    });
    const work = crossmatchMessier(new UwsClient(`${running.url}/crossmatch/async`), output);
    await Promise.race([work, interrupted]);
    if (stay) {
      console.log("Stop it with Ctrl-C.");
      await signal;
    }
  } finally {
    await running.stop();
    await rm(dataDir, { recursive: true, force: true });
  }
  process.exit(0);
}

async function crossmatchMessier(client: UwsClient, output: string): Promise<void> {
  const table = messierCsv();
  const rows = table.trim().split("\n").length - 1;
  console.log(`\nUploading ${rows} Messier objects; the stars of Hipparcos within ${radius}° of each are wanted.`);
  const job = await client.create(
    { RADIUS: radius },
    { run: true, runId: "messier", files: { TABLE: new File([table], "messier.csv", { type: "text/csv" }) } },
  );
  console.log(`Job ${job.url}`);
  const ended = await watch(job);
  if (ended.phase !== "COMPLETED") {
    throw new Error(`The job ended in ${ended.phase}: ${(await job.error()) ?? "no reason was given"}`);
  }
  await save(job, ended, output);
}

/** Follows the job's live events with a bar. */
async function watch(job: JobHandle): Promise<RemoteJob> {
  const progress = progressOn(process.stdout);
  try {
    for await (const event of job.events()) showEvent(event, progress);
  } finally {
    progress.stop();
  }
  return await job.wait();
}

async function save(job: JobHandle, ended: RemoteJob, output: string): Promise<void> {
  const csv = await (await job.download("csv")).text();
  const matches = csv.trim().split("\n").length - 1;
  console.log(`\n${matches} stars found. Results:`);
  for (const result of ended.results) {
    const path = join(output, fileNames[result.id] ?? result.id);
    await Bun.write(path, await job.download(result.id));
    console.log(`  ${result.id.padEnd(8)} ${relative(process.cwd(), path).padEnd(28)} ${result.href}`);
  }
}
