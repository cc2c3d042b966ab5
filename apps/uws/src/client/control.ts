import type { JobHandle } from "@uws/client";
import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { findJob } from "./find-job.ts";
import { print, printJson } from "./output.ts";
import { jobArgument } from "./show.ts";

/** `run`, `abort`, `delete`: what is done to one job, or to several, one after the other until one fails. */
export function controlCommands(): Command[] {
  return [
    command("run", "start jobs that are PENDING or HELD", (job) => job.run()),
    command("abort", "stop jobs; the results that they have stay", (job) => job.abort()),
    command("delete", "destroy jobs and their results", (job) => job.delete(), { gone: true }),
  ];
}

function command(
  name: string,
  description: string,
  act: (job: JobHandle) => Promise<void>,
  { gone = false }: { readonly gone?: boolean } = {},
): Command {
  return clientCommand(name, description)
    .argument("<jobs...>", jobArgument)
    .action((names: readonly string[], options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const done: object[] = [];
        for (const name of names) {
          const job = await findJob(connection, name);
          await act(job);
          const phase = gone ? "deleted" : (await job.get()).phase;
          done.push({ url: job.url, ...(gone ? { deleted: true } : { phase }) });
          if (options.json !== true) await print(`${job.url} ${phase}`);
        }
        if (options.json === true) await printJson(done);
      }),
    );
}
