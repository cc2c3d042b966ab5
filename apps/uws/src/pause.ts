import { pauseType } from "@uws/store";
import { Command, InvalidArgumentError } from "commander";
import { withConfiguredStore } from "./with-store.ts";

/** `pause TYPE`, `resume TYPE`: an operator stops jobs of a type from being started, and ends that. */
export function pauseCommands(): Command[] {
  const command = (name: string, description: string, paused: boolean) =>
    new Command(name)
      .argument("<type>", "the job type", parseType)
      .description(description)
      .action(async (type: string) => {
        const changed = await withConfiguredStore((store) => pauseType(store, type, paused));
        console.log(`Job type ${type} is ${changed ? "now" : "already"} ${paused ? "paused" : "not paused"}.`);
      });
  return [
    command("pause", "start no jobs of a type for now; those that run go on, and RUN makes others HELD", true),
    command("resume", "start jobs of a type again; HELD ones wait until they are told to RUN", false),
  ];
}

function parseType(text: string): string {
  if (/^[a-z][a-z0-9_-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError("A job type is written in a-z, 0-9, _ and -, and begins with a letter.");
}
