import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { EmbeddedError } from "../error.ts";
import { identify, type ProcessIdentity } from "./identity.ts";
import { quietEnvironment, type RunUser } from "./run.ts";

/*
 * A guardian is a shell between us and a server. The kernel closes our end of its standard input when we end, however we
 * end (return, exit, a signal, kill -9), and then it stops the server: first politely, after a while with SIGKILL. So no
 * exit or signal handler is needed in our process, and an application keeps its own.
 *
 * - Guardian and server have a session of their own: Ctrl-C in a terminal reaches the application alone, which can still
 *   use the server while it shuts down.
 * - The watcher is a process apart, so it does its work even when the guardian itself was killed.
 * - If the server ends by itself, guardian and watcher end too; the exit status is the server's.
 * - The first line of output is the server's real pid.
 */
const SCRIPT = `
signal=$1 grace=$2
shift 2
exec 4<&0
"$@" </dev/null >&2 4<&- &
server=$!
echo "$server"
exec >/dev/null
(
  while read -r _; do :; done <&4
  kill -s "$signal" "$server"
  kill -s CONT "$server"
  n=0
  while [ "$n" -lt "$grace" ] && kill -s 0 "$server"; do
    sleep 1
    n=$((n + 1))
  done
  kill -s KILL "$server"
) >/dev/null 2>&1 &
watcher=$!
exec 4<&-
trap 'kill -s "$signal" "$server" 2>/dev/null' HUP INT TERM
wait "$server"
status=$?
while kill -s 0 "$server" 2>/dev/null; do
  wait "$server"
  status=$?
done
kill -s KILL "$watcher" 2>/dev/null
exit "$status"
`;

export interface GuardedOptions {
  readonly command: string;
  readonly args: readonly string[];
  /** The server's standard output and error: a file descriptor, usually of its log file. */
  readonly output: number;
  /** How this server is asked to stop: INT is PostgreSQL's fast shutdown. */
  readonly stopSignal: "INT" | "TERM";
  /** Seconds between asking and SIGKILL. */
  readonly graceSeconds: number;
  readonly user?: RunUser | undefined;
  readonly cwd?: string;
}

/** A server process that does not outlive us. */
export interface Guarded {
  readonly server: ProcessIdentity;
  readonly guardianPid: number;
  /** True once the server has ended and was reaped. */
  readonly ended: boolean;
  /** Settles with the exit status when the server has ended, for whatever reason. */
  readonly exited: Promise<number>;
  kill(signal: NodeJS.Signals): void;
  /** Asks the server to stop, and kills it when it does not; resolves when it is gone. */
  stop(): Promise<void>;
  /** From now on the server alone keeps our process from ending no longer. */
  unref(): void;
}

/** Starts a server under a guardian. */
export async function guard(options: GuardedOptions): Promise<Guarded> {
  const child = spawn(
    "/bin/sh",
    ["-c", SCRIPT, "uws-guardian", options.stopSignal, String(options.graceSeconds), options.command, ...options.args],
    {
      cwd: options.cwd ?? "/",
      env: quietEnvironment(),
      detached: true,
      stdio: ["pipe", "pipe", options.output],
      ...(options.user && { uid: options.user.uid, gid: options.user.gid }),
    },
  );
  const stdin = child.stdin;
  const stdout = child.stdout;
  if (stdin === null || stdout === null) throw new EmbeddedError("not-started", "no pipe to the guardian");
  // A guardian that has ended closes its side; that is told by its exit, not by a failing pipe.
  stdin.on("error", () => {});

  let ended = false;
  const exited = new Promise<number>((resolve) => {
    const end = (code: number) => {
      ended = true;
      resolve(code);
    };
    child.once("exit", (code) => end(code ?? -1));
    child.once("error", () => end(-1));
  });
  const pid = Number(await firstLine(child));
  stdout.destroy();
  const guardianPid = child.pid;
  if (!Number.isSafeInteger(pid) || pid <= 0 || guardianPid === undefined) {
    stdin.end();
    const as = options.user ? ` as user ${options.user.name}` : "";
    throw new EmbeddedError("not-started", `cannot run ${options.command}${as}`);
  }
  // A server that ended at once has no identity any more; its pid then stands for nothing alive.
  const server = identify(pid) ?? { pid, started: "" };

  return {
    server,
    guardianPid,
    get ended() {
      return ended;
    },
    exited,
    kill(signal) {
      if (!ended) signalProcess(pid, signal);
    },
    async stop() {
      child.ref();
      stdin.end();
      await exited;
    },
    unref() {
      child.unref();
      // Bun's pipes keep the process alive as well.
      if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
    },
  };
}

/** Sends a signal to a process that may be gone already. */
export function signalProcess(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
  }
}

async function firstLine(child: ChildProcess): Promise<string | undefined> {
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  const failed = once(child, "error").then(
    () => undefined,
    () => undefined,
  );
  const line = once(lines, "line").then((args: unknown[]) => String(args[0]));
  const closed = once(lines, "close").then(() => undefined);
  // A line that arrived together with the end of the pipe is told before the end.
  const first = await Promise.race([line, closed, failed]);
  lines.close();
  return first;
}
