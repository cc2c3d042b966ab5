import type { JobHandle, ManyAction } from "@uws/client";
import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { usageError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { controlMany, isMany, type ManyOptions } from "./control-many.ts";
import { filterOptions } from "./filter-options.ts";
import { findJob } from "./find-job.ts";
import { print, printJson } from "./output.ts";
import { jobArgument } from "./show.ts";

/** `run`, `abort`, `archive`, `delete`: what is done to one job, or to several, one after the other until one fails. */
export function controlCommands(): Command[] {
  return [
    clientCommand("run", "start jobs that are PENDING or HELD")
      .argument("<jobs...>", jobArgument)
      .action((names: readonly string[], options: CommonOptions) =>
        withConnection(options, (connection) => controlEach(connection, names, options, (job) => job.run())),
      ),
    manyCommand("abort", "stop jobs; the results that they have stay", (job) => job.abort()),
    manyCommand("archive", "throw results away and keep what is known of the jobs (of bun-uws)", (job) =>
      job.archive(),
    ),
    manyCommand("delete", "destroy jobs and their results", (job) => job.delete()),
  ];
}

/** One that takes jobs, or a service with a filter. */
function manyCommand(action: ManyAction, description: string, act: (job: JobHandle) => Promise<void>): Command {
  const command = clientCommand(action, description).argument(
    "[jobs...]",
    `${jobArgument}; with --all, a service's name or the URL of a job list`,
  );
  return filterOptions(command)
    .option("--all", "all jobs that fit the options above, of which one must be given (of bun-uws)")
    .option("--dry-run", "only say which jobs these are")
    .action((names: readonly string[], options: CommonOptions & ManyOptions) =>
      withConnection(options, async (connection) => {
        if (isMany(options)) return await controlMany(connection, action, names, options);
        if (names.length === 0) throw usageError(`Say which jobs, or --all and which of a service.`);
        return await controlEach(connection, names, options, act, action === "delete");
      }),
    );
}

async function controlEach(
  connection: Connection,
  names: readonly string[],
  options: CommonOptions,
  act: (job: JobHandle) => Promise<void>,
  gone = false,
): Promise<void> {
  const done: object[] = [];
  for (const name of names) {
    const job = await findJob(connection, name);
    await act(job);
    const phase = gone ? "deleted" : (await job.get()).phase;
    done.push({ url: job.url, ...(gone ? { deleted: true } : { phase }) });
    if (options.json !== true) await print(`${job.url} ${phase}`);
  }
  if (options.json === true) await printJson(done);
}
