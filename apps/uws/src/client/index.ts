import type { Command } from "commander";
import { controlCommands } from "./control.ts";
import { describeCommand } from "./describe.ts";
import { jobsCommand } from "./jobs.ts";
import { resultsCommand } from "./results.ts";
import { servicesCommand } from "./services.ts";
import { showCommand } from "./show.ts";
import { statsCommand } from "./stats.ts";
import { submitCommand } from "./submit.ts";
import { typesCommand } from "./types.ts";
import { watchCommand } from "./watch.ts";

/** The commands that speak to a server, any UWS server, as a client. */
export function clientCommands(): Command[] {
  return [
    submitCommand(),
    jobsCommand(),
    showCommand(),
    watchCommand(),
    resultsCommand(),
    ...controlCommands(),
    describeCommand(),
    servicesCommand(),
    typesCommand(),
    statsCommand(),
  ];
}
