import type { Command } from "commander";
import { findType } from "./choose-type.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { CommandError } from "./command-error.ts";
import { descriptionText, typesText } from "./description-text.ts";
import { findJobList } from "./find-service.ts";
import { print, printJson } from "./output.ts";

/** `describe [SERVICE] [TYPE]`: the job types of a service, or one of them with its parameters. */
export function describeCommand(): Command {
  return clientCommand("describe", "show what a service does and what parameters it takes")
    .argument("[service]", "a service's name, or the URL of a job list")
    .argument("[type]", "one of its job types, where it has several")
    .action((service: string | undefined, type: string | undefined, options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const jobList = await findJobList(connection, service);
        const described = await connection.client(jobList).descriptions();
        if (described === undefined) throw new CommandError(`${jobList} has no description that this program knows.`);
        const [only, ...others] = described.types;
        const one = type === undefined ? (others.length === 0 ? only : undefined) : findType(described, type);
        if (options.json !== true) return await print(one === undefined ? typesText(described) : descriptionText(one));
        await printJson(one?.document ?? { ...described, types: described.types.map(({ document }) => document) });
      }),
    );
}
