import type { RemoteService } from "@uws/client";
import type { Command } from "commander";
import { table } from "../table.ts";
import { type CommonOptions, clientCommand, withConnection } from "./client-command.ts";
import { print, printJson } from "./output.ts";
import { expectServices } from "./services.ts";

/** `types`: what kinds of jobs a server runs, and where each can be asked for. */
export function typesCommand(): Command {
  return clientCommand("types", "list the job types of a server (of bun-uws)").action((options: CommonOptions) =>
    withConnection(options, async (connection) => {
      const types = typesOf(await expectServices(connection));
      if (options.json === true) return await printJson(types);
      const rows = types.map(({ type, version, title, services }) => [type, version, title, services.join(", ")]);
      await print(table(["TYPE", "VERSION", "TITLE", "SERVICES"], rows));
    }),
  );
}

interface JobType {
  readonly type: string;
  readonly version: string | undefined;
  readonly title: string | undefined;
  readonly services: readonly string[];
}

function typesOf(services: readonly RemoteService[]): JobType[] {
  const typed = services.flatMap(({ path, types }) => types.map((type) => ({ path, ...type })));
  const groups = Map.groupBy(typed, ({ name, version }) => JSON.stringify([name, version]));
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { name: type, version, title } = first;
    return [{ type, version, title, services: group.map(({ path }) => path) }];
  });
}
