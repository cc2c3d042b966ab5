import type { JobHandle, RemoteJob } from "@uws/client";
import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { statusOfPhase } from "./exit-status.ts";
import { findJob } from "./find-job.ts";
import { followJob } from "./follow-job.ts";
import { failureText } from "./job-text.ts";
import { note, print } from "./output.ts";
import { printableLines } from "./printable.ts";
import { jobArgument } from "./show.ts";
import { parseSpan } from "./times.ts";

interface Options extends CommonOptions {
  readonly atMost?: string;
}

/** `watch JOB`: follows a job to its end. The exit status tells how it ended. */
export function watchCommand(): Command {
  return clientCommand("watch", "follow a job until it has ended; with --json an event a line")
    .argument("<job>", jobArgument)
    .option("--at-most <time>", "leave after so long (90s, 15m, 12h), whether it has ended or not")
    .action((name: string, options: Options) =>
      withConnection(options, async (connection) => {
        const json = options.json === true;
        const atMost = options.atMost === undefined ? undefined : parseSpan("--at-most", options.atMost);
        const job = await findJob(connection, name);
        // At a terminal the bar comes back to where it was; in a file the lines are what is asked for.
        const stream = json ? undefined : process.stdout;
        const events = json ? { onEvent: (event: object) => process.stdout.write(`${JSON.stringify(event)}\n`) } : {};
        const ended = await followJob(job, { stream, atMost, ...events });
        await tellEnd(job, ended);
        if (!json && ended.phase === "COMPLETED")
          await print(`${ended.results.length} results: uws results ${job.url}`);
        return statusOfPhase(ended.phase);
      }),
    );
}

/** Says to a person why a job has not been completed. */
export async function tellEnd(job: JobHandle, ended: RemoteJob): Promise<void> {
  if (ended.phase === "COMPLETED") return;
  const reason = ended.phase === "ERROR" ? `: ${printableLines(failureText(ended, await job.error()))}` : ".";
  note(`The job is in ${ended.phase}${reason}`);
}
