import type { RemoteService } from "@uws/client";
import type { Command } from "commander";
import { table } from "../table.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { CommandError } from "./command-error.ts";
import type { Connection } from "./connection.ts";
import { servicesOf } from "./find-service.ts";
import { print, printJson } from "./output.ts";

/** `services`: the job lists of a server. */
export function servicesCommand(): Command {
  return clientCommand("services", "list the services of a server (of bun-uws; the standard has no such list)").action(
    (options: CommonOptions) =>
      withConnection(options, async (connection) => {
        const services = await expectServices(connection);
        if (options.json === true) return await printJson(services);
        const rows = services.map(({ path, types, title, jobList }) => [
          path,
          types.map(({ name }) => name).join(", "),
          title,
          jobList,
        ]);
        await print(table(["SERVICE", "TYPE", "TITLE", "URL"], rows));
      }),
  );
}

/** @throws CommandError from a server that lists none */
export async function expectServices(connection: Connection): Promise<RemoteService[]> {
  const services = await servicesOf(connection);
  if (services !== undefined) return services;
  throw new CommandError(`${connection.url.href} does not tell what services it has.`);
}
