import type { Command } from "commander";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { CommandError } from "./command-error.ts";
import { descriptionText } from "./description-text.ts";
import { findJobList } from "./find-service.ts";
import { print, printJson } from "./output.ts";

/** `describe [SERVICE]`: the job type of a service and its parameters. */
export function describeCommand(): Command {
  return clientCommand("describe", "show what a service does and what parameters it takes")
    .argument("[service]", "a service's name, or the URL of a job list")
    .action((service: string | undefined, options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const jobList = await findJobList(connection, service);
        const description = await connection.client(jobList).description();
        if (description === undefined) throw new CommandError(`${jobList} has no description that this program knows.`);
        await (options.json === true ? printJson(description.document) : print(descriptionText(description)));
      }),
    );
}
