import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, resolve } from "node:path";
import { type JobHandle, type RemoteJob, UwsClient } from "@uws/client";
import { loadConfig } from "@uws/config";
import pino from "pino";
import { progressOn, showEvent } from "../client/progress.ts";
import { lightExamples } from "../examples/programs.ts";
import { withExampleServices } from "../examples/with-example-services.ts";
import { startAll } from "../start-all.ts";
import { untilSignal } from "../until-signal.ts";
import { addresses, findAllExamples } from "../up.ts";
import { allDemoJobs, crossmatchMessier, type DemoJob } from "./demo-jobs.ts";

export interface DemoOptions {
  /** Keep the server running afterwards, until a signal comes. */
  readonly stay: boolean;
  /** A job for each example, not for the first only. */
  readonly all: boolean;
}

/**
 * `run demo`: starts everything on free ports with data of its own, runs real jobs from upload to results as any client would, and
 * stops everything again.
 */
export async function runDemo({ stay, all }: DemoOptions): Promise<void> {
  const dataDir = await mkdtemp(join(tmpdir(), "uws-demo-"));
  const loaded = loadConfig(process.env, process.cwd());
  const config = {
    ...(all ? withExampleServices(loaded) : loaded),
    dataDir,
    // Beside a server that runs already, the demo must not ask for its ports.
    ...(stay ? {} : { httpPort: 0, grpcPort: 0 }),
  };
  const output = resolve(process.cwd(), ".uws", "demo");
  await mkdir(output, { recursive: true });
  const signal = untilSignal();
  const log = pino({ level: config.logLevel }, pino.destination(join(output, "server.log")));

  const examples = all ? await findAllExamples() : lightExamples;
  const jobs = (all ? allDemoJobs() : [crossmatchMessier]).filter(({ name }) =>
    examples.some((it) => it.name === name),
  );
  console.log(`Starting PostgreSQL, NATS, api, gateway, keeper and ${examples.length} workers …`);
  const running = await startAll({ config, log, say: (line) => log.info(line), examples, ephemeral: true });
  try {
    console.log(addresses(running, config.services));
    const interrupted = signal.then((name) => {
      throw new Error(`Stopped by ${name}.`);
    });
    const work = runInTurn(jobs, (name) => new UwsClient(`${running.url}/${name}/async`), output);
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

async function runInTurn(jobs: readonly DemoJob[], clientOf: (name: string) => UwsClient, output: string) {
  for (const demo of jobs) await runJob(demo, clientOf(demo.name), output);
}

async function runJob(demo: DemoJob, client: UwsClient, output: string): Promise<void> {
  const { says, parameters, files } = await demo.ask();
  console.log(`\n${says}`);
  const job = await client.create(parameters, { run: true, runId: `demo-${demo.name}`, files });
  console.log(`Job ${job.url}`);
  const ended = await watch(job);
  if (ended.phase !== "COMPLETED") {
    throw new Error(`The job ended in ${ended.phase}: ${(await job.error()) ?? "no reason was given"}`);
  }
  console.log(`\n${await demo.found(job)} Results:`);
  await save(job, ended, output, demo.fileNames);
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

async function save(job: JobHandle, ended: RemoteJob, output: string, names: DemoJob["fileNames"]): Promise<void> {
  for (const result of ended.results) {
    const path = join(output, names[result.id] ?? result.id);
    await Bun.write(path, await job.download(result.id));
    console.log(`  ${result.id.padEnd(8)} ${relative(process.cwd(), path).padEnd(28)} ${result.href}`);
  }
}
