import { loadConfig } from "@uws/config";
import { isJobId, knownTypes, pauseType, type Store, suspendJob, unsuspendJob } from "@uws/store";
import { Command, InvalidArgumentError } from "commander";
import { withConfiguredStore } from "./with-store.ts";

/** `suspend JOB`, `unsuspend JOB`: an operator takes a running job from its worker, and lets it go on. */
export function suspendCommands(): Command[] {
  const command = (name: string, description: string, work: typeof suspendJob, done: string, refused: string) =>
    new Command(name)
      .argument("<job>", "the job's id", parseJobId)
      .description(description)
      .action(async (id: string) => {
        if (!(await withConfiguredStore((store) => work(store, id)))) throw new Error(`Job ${id} ${refused}.`);
        console.log(`Job ${id} ${done}.`);
      });
  return [
    command(
      "suspend",
      "take a running job from its worker; it is SUSPENDED, and goes on from its checkpoint after `unsuspend`",
      suspendJob,
      "is SUSPENDED until it is told to go on (unsuspend)",
      "does not run, or is not there",
    ),
    command(
      "unsuspend",
      "let a job go on that was suspended by an operator",
      unsuspendJob,
      "waits for a worker",
      "was not suspended by an operator",
    ),
  ];
}

function parseJobId(text: string): string {
  if (isJobId(text)) return text;
  throw new InvalidArgumentError("A job's id is the UUID at the end of its URL.");
}

/** `pause TYPE`, `resume TYPE`: an operator stops jobs of a type from being started, and ends that. */
export function pauseCommands(): Command[] {
  const command = (name: string, description: string, paused: boolean) =>
    new Command(name)
      .argument("<type>", "the job type", parseType)
      .option("--force", "even if no service has, or had, such a type")
      .description(description)
      .action(async (type: string, { force = false }: { readonly force?: boolean }) => {
        const known = { configured: configuredTypes, force };
        console.log(await withConfiguredStore((store) => setPaused(store, type, paused, known)));
      });
  return [
    command("pause", "start no jobs of a type for now; those that run go on, and RUN makes others HELD", true),
    command("resume", "start jobs of a type again; HELD ones wait until they are told to RUN", false),
  ];
}

/**
 * Pauses a type, or ends that.
 * @param known.configured names of the types that services have now
 * @param known.force whether a type that nobody knows is one all the same, as a service may come later
 * @returns a sentence for a person
 * @throws Error where there is no such type
 */
export async function setPaused(
  store: Store,
  type: string,
  paused: boolean,
  known: { configured(): Promise<readonly string[]>; readonly force: boolean },
): Promise<string> {
  if (!known.force) {
    // Types whose service is gone still have jobs.
    const stored = await knownTypes(store);
    const names = stored.includes(type) ? stored : [...new Set([...stored, ...(await known.configured())])].sort();
    if (!names.includes(type)) {
      const ahead = paused ? " With --force it is paused ahead of its first job." : "";
      throw new Error(`There is no job type ${type}; there are: ${names.join(", ") || "none"}.${ahead}`);
    }
  }
  const changed = await pauseType(store, type, paused);
  return `Job type ${type} is ${changed ? "now" : "already"} ${paused ? "paused" : "not paused"}.`;
}

/** Those of the configuration in the working directory: from its files, and those that workers are to announce. */
async function configuredTypes(): Promise<string[]> {
  const config = loadConfig(process.env, process.cwd());
  // Other commands need nothing of the server.
  const { loadServices } = await import("@uws/api");
  const described = (await loadServices(config)).flatMap(({ types }) => types.map(({ name }) => name));
  return [...described, ...config.services.flatMap(({ types }) => types)];
}

function parseType(text: string): string {
  if (/^[a-z][a-z0-9_-]{0,62}$/.test(text)) return text;
  throw new InvalidArgumentError("A job type is written in a-z, 0-9, _ and -, and begins with a letter.");
}
