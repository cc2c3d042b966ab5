import type { JobHandle, RemoteResult } from "@uws/client";
import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { CommandError, usageError } from "./command-error.ts";
import { findJob } from "./find-job.ts";
import { resultsText } from "./job-text.ts";
import { note, print, printJson, writeOut } from "./output.ts";
import { saveResults } from "./save-results.ts";
import { jobArgument } from "./show.ts";

interface Options extends CommonOptions {
  readonly output?: string;
  readonly force?: boolean;
}

/** `results JOB [ID…]`: lists results, writes one to stdout, or saves them. */
export function resultsCommand(): Command {
  return clientCommand("results", "list a job's results; write one to stdout; save them with --output")
    .argument("<job>", jobArgument)
    .argument("[ids...]", "only these results; one alone is written to stdout")
    .option("-o, --output <folder>", "save them there")
    .option("--force", "overwrite files that are there")
    .action((name: string, ids: readonly string[], options: Options) =>
      withConnection(options, async (connection) => {
        const job = await findJob(connection, name);
        const results = choose(await job.results(), ids);
        const { output, force = false, json = false } = options;
        if (output !== undefined) {
          const onSaved = json ? {} : { onSaved: ({ path }: { path: string }) => note(path) };
          const saved = await saveResults(job, results, { output, force, ...onSaved });
          return json ? await printJson(saved) : undefined;
        }
        if (ids.length === 0 || json) return await (json ? printJson(results) : print(resultsText(results)));
        const [only, ...more] = results;
        if (only === undefined || more.length > 0)
          throw usageError("One result can be written to stdout; save more with --output.");
        await writeResult(job, only);
      }),
    );
}

function choose(results: readonly RemoteResult[], ids: readonly string[]): readonly RemoteResult[] {
  if (ids.length === 0) return results;
  return [...new Set(ids)].map((id) => {
    const found = results.find((result) => result.id === id);
    if (found !== undefined) return found;
    throw new CommandError(`There is no result ${id}, but ${results.map((result) => result.id).join(", ") || "none"}.`);
  });
}

async function writeResult(job: JobHandle, { id }: RemoteResult): Promise<void> {
  const { body } = await job.download(id);
  if (body !== null) for await (const chunk of body) await writeOut(chunk);
}
