import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { findJob } from "./find-job.ts";
import { failureText, jobText } from "./job-text.ts";
import { print, printJson } from "./output.ts";
import { printableLines } from "./printable.ts";

/** How a job is named, everywhere. */
export const jobArgument = "its URL, SERVICE/ID, or its id";

/** `show JOB`: all that there is to know about a job. */
export function showCommand(): Command {
  return clientCommand("show", "show a job")
    .argument("<job>", jobArgument)
    .action((name: string, options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const job = await findJob(connection, name);
        const state = await job.get();
        if (options.json === true) return await printJson({ url: job.url, ...state });
        await print(jobText(state, job.url));
        if (state.errorSummary?.hasDetail !== true) return;
        await print(`\n${printableLines(failureText(state, await job.error()))}`);
      }),
    );
}
