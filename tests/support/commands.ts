import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { migrate } from "@uws/store";
import { natsUrl, testDatabase, until } from "@uws/testing";

const root = join(import.meta.dirname, "../..");
const main = join(root, "apps/uws/src/main.ts");

export type Environment = Record<string, string>;

export interface RunOptions {
  /** For its standard input, which is empty otherwise. */
  readonly input?: string | undefined;
  /** The working directory; unless told otherwise the root of the repository. */
  readonly cwd?: string;
}

/** Commands as an operator types them, each a process; they and what they need are gone after `stop`. */
export class Commands {
  readonly #stops: (() => Promise<void>)[] = [];
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  /** Starts `uws ARGS…`, or another program of the house where the first argument is a file. */
  run(args: readonly string[], environment: Environment, { input, cwd = root }: RunOptions = {}) {
    const program = args[0]?.endsWith(".ts") ? [] : [main];
    const child = spawn(process.execPath, ["--no-orphans", ...program, ...args], {
      cwd,
      env: { ...process.env, ...environment },
      stdio: [input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
    });
    child.stdin?.end(input);
    const said = { stdout: "", stderr: "" };
    for (const stream of ["stdout", "stderr"] as const) {
      child[stream]?.on("data", (text: Buffer) => {
        said[stream] += text.toString();
      });
    }
    const closed = once(child, "close");
    const stop = async () => {
      child.kill("SIGTERM");
      await closed;
    };
    this.#stops.push(stop);
    return {
      said,
      ended: closed.then(([code]) => code as number | null),
      stop,
      signal: (name: NodeJS.Signals) => child.kill(name),
      /** Waits for a line that fits, and gives what its first group captured. */
      line: (pattern: RegExp) =>
        until(
          () => {
            const found = pattern.exec(said.stdout + said.stderr);
            if (found === null && child.exitCode !== null) throw new Error(`ended: ${said.stdout}${said.stderr}`);
            return found?.[1];
          },
          `${pattern} of ${args.join(" ")}`,
        ),
    };
  }

  /** Runs a command to its end. */
  async finish(args: readonly string[], environment: Environment, options?: RunOptions) {
    const { said, ended } = this.run(args, environment, options);
    return { code: await ended, ...said };
  }

  /** The environment of a site with a database, a folder and subjects of its own, on free ports. */
  async site(more: Environment = {}): Promise<Environment> {
    const database = await testDatabase();
    this.afterwards(() => database.drop());
    await migrate(database.url);
    return {
      UWS_DATABASE_URL: database.url,
      UWS_NATS_URL: await natsUrl(),
      UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
      UWS_DATA_DIR: await this.folder(),
      UWS_HTTP_PORT: "0",
      UWS_GRPC_PORT: "0",
      ...more,
    };
  }

  async folder(): Promise<string> {
    const folder = await mkdtemp(join(tmpdir(), "uws-commands-"));
    this.afterwards(() => rm(folder, { recursive: true, force: true }));
    return folder;
  }

  /** To be done when all processes have ended. */
  afterwards(clean: () => Promise<unknown>): void {
    this.#cleanUp.push(clean);
  }

  async stop(): Promise<void> {
    await Promise.all(this.#stops.map((stop) => stop()));
    for (const clean of this.#cleanUp) await clean();
  }
}
