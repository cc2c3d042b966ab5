import { spawn } from "node:child_process";

/** An ordinary user that a child process becomes. Undefined everywhere means: the user we are. */
export interface RunUser {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

export interface RunResult {
  /** Exit status; -1 when it could not be started, was killed by a signal, or took too long. */
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What helps to show of output that may be long. */
const OUTPUT_LIMIT = 64 * 1024;

/** Runs a short command to its end. Never rejects: a command that cannot be started is one that failed. */
export async function run(
  command: string,
  args: readonly string[],
  options: { user?: RunUser | undefined; cwd?: string; env?: NodeJS.ProcessEnv; timeoutMs?: number } = {},
): Promise<RunResult> {
  return new Promise((resolve) => {
    let stdout = "";
    let stderr = "";
    const child = spawn(command, args, {
      cwd: options.cwd ?? "/",
      env: options.env ?? quietEnvironment(),
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeoutMs ?? 30_000,
      killSignal: "SIGKILL",
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    });
    child.stdout.setEncoding("utf8").on("data", (text: string) => {
      stdout = (stdout + text).slice(-OUTPUT_LIMIT);
    });
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-OUTPUT_LIMIT);
    });
    child.once("error", (error) => resolve({ code: -1, stdout, stderr: `${stderr}${error.message}` }));
    child.once("close", (code, signal) =>
      resolve({ code: code ?? -1, stdout, stderr: signal ? `${stderr}\n(ended by ${signal})` : stderr }),
    );
  });
}

/**
 * The environment of our children: messages in English, times in UTC, and nothing of PGHOST, PGDATA, LD_LIBRARY_PATH and
 * their like that would make a server behave differently in one person's shell.
 */
export function quietEnvironment(): NodeJS.ProcessEnv {
  return { PATH: process.env.PATH ?? "/usr/local/bin:/usr/bin:/bin", LC_ALL: "C", TZ: "UTC" };
}
