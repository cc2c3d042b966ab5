import { existsSync } from "node:fs";
import { join } from "node:path";
import { readState, writeState } from "../state-file.ts";

/** What a data directory knows of its cluster. */
export interface PostgresState {
  readonly password: string;
  readonly home: string;
  /** Whether a cluster was finished in that home, so that its absence means that it was lost. */
  readonly initialized: boolean;
  readonly ephemeral: boolean;
}

export function stateFile(dataDir: string): string {
  return join(dataDir, "postgres.json");
}

/** @returns undefined where the data directory is new */
export async function readPostgresState(dataDir: string): Promise<PostgresState | undefined> {
  return await readState(stateFile(dataDir), (value): PostgresState => {
    const { password, home, initialized, ephemeral } = value;
    if (typeof password !== "string" || typeof home !== "string") throw new Error("password or home is missing");
    return { password, home, initialized: initialized === true, ephemeral: ephemeral === true };
  });
}

export async function writePostgresState(dataDir: string, state: PostgresState): Promise<void> {
  await writeState(stateFile(dataDir), state);
}

/** Where the cluster is now: a home inside the data directory goes where the directory goes. */
export function currentHome(dataDir: string, { home }: PostgresState): string {
  const near = join(dataDir, "postgres");
  return existsSync(join(near, "cluster")) ? near : home;
}
