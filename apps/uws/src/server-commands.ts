import { Command, Option } from "commander";
import type { DemoOptions } from "./demo/demo.ts";
import type { UpOptions } from "./up.ts";

/** The processes of a large site, each by itself: any number of each. */
export const partNames = ["api", "gateway", "keeper"] as const;
export type Part = (typeof partNames)[number];

/** The commands that serve. What they are made of is loaded when one of them is called: a client needs none of it. */
export function serverCommands(): Command[] {
  return [
    new Command("up")
      .description("start the server and the example workers, and stay")
      .addOption(new Option("--no-workers", "start the server only").conflicts("allWorkers"))
      .option(
        "--all-workers",
        "the examples in Python, in Go and without code as well, as far as the machine can run them",
        false,
      )
      .action(async (options: UpOptions) => (await import("./up.ts")).runUp(options)),
    new Command("demo")
      .description("match the Messier objects with the Hipparcos stars, from end to end")
      .option("--stay", "keep the server running afterwards", false)
      .option("--all", "go on with the examples in Python, in Go and without code", false)
      .action(async (options: DemoOptions) => (await import("./demo/demo.ts")).runDemo(options)),
    ...partNames.map((part) =>
      new Command(part)
        .description(`run the ${part} alone, beside others`)
        .action(async () => (await import("./serve-part.ts")).servePart(part)),
    ),
    new Command("check-config")
      .description("check the configuration and the descriptions, and list the services that would be served")
      .action(async () => (await import("./check-config.ts")).checkConfig()),
    new Command("migrate")
      .description("bring the database to the schema of this build")
      .action(async () => (await import("./run-migrate.ts")).runMigrate()),
  ];
}
