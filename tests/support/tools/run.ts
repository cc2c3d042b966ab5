/** A program and what it needs around it. */
export interface Tool {
  readonly command: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

export interface Ran {
  /** Exit status; not 0 when it was killed or could not be started. */
  readonly code: number;
  readonly out: string;
  readonly error: string;
}

export interface RunOptions {
  readonly cwd?: string;
  /** Milliseconds, after which it is killed. */
  readonly timeout?: number;
}

/** Runs a program to its end. Never rejects: a program that cannot be started is one that failed. */
export async function run(tool: Tool | string, args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { command, env } = typeof tool === "string" ? { command: [tool], env: {} } : tool;
  try {
    const child = Bun.spawn([...command, ...args], {
      // English messages, whoever runs the tests.
      env: { ...process.env, LC_ALL: "C.UTF-8", ...env },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: options.timeout ?? 50_000,
      killSignal: "SIGKILL",
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    const [out, error, code] = await Promise.all([child.stdout.text(), child.stderr.text(), child.exited]);
    return { code, out, error: child.signalCode === null ? error : `${error}\n(ended by ${child.signalCode})` };
  } catch (cause) {
    return { code: -1, out: "", error: cause instanceof Error ? cause.message : String(cause) };
  }
}

/** The same, and throws all that it said when it failed. */
export async function runWell(tool: Tool | string, args: readonly string[], options?: RunOptions): Promise<string> {
  const { code, out, error } = await run(tool, args, options);
  const name = typeof tool === "string" ? tool : tool.command.join(" ");
  if (code !== 0) throw new Error(`${name} ${args.join(" ")}\nended with ${code}:\n${`${out}\n${error}`.trim()}`);
  return out;
}
