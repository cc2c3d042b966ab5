import { Command } from "commander";
import { runDemo } from "./demo.ts";
import { pauseCommands } from "./pause.ts";
import { runMigrate } from "./run-migrate.ts";
import { partNames, servePart } from "./serve-part.ts";
import { listServices } from "./services.ts";
import { tokensCommand } from "./tokens.ts";
import { runUp } from "./up.ts";
import { usersCommand } from "./users.ts";

const program = new Command("uws").description("A server for long-running jobs (IVOA UWS 1.1)");

program
  .command("up")
  .description("start the server and the example workers, and stay")
  .option("--no-workers", "start the server only")
  .action(({ workers }: { workers: boolean }) => runUp({ workers }));

program
  .command("demo")
  .description("match the Messier objects with the Hipparcos stars, from end to end")
  .option("--stay", "keep the server running afterwards", false)
  .action(({ stay }: { stay: boolean }) => runDemo({ stay }));

for (const part of partNames) {
  program
    .command(part)
    .description(`run the ${part} alone, beside others`)
    .action(() => servePart(part));
}

program.command("migrate").description("bring the database to the schema of this build").action(runMigrate);

program
  .command("services")
  .description("check the configuration and the descriptions, and list the services")
  .action(listServices);

program.addCommand(tokensCommand());
program.addCommand(usersCommand());
for (const command of pauseCommands()) program.addCommand(command);

try {
  await program.parseAsync();
} catch (error) {
  // What a person can mend is said in a sentence; a stack would hide it.
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
