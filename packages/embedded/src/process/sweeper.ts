import { spawn } from "node:child_process";
import { quietEnvironment } from "./run.ts";

/*
 * Removes the files and folders of an ephemeral server when we end, however we end: like the guardian, a shell whose standard input
 * is closed by the kernel. It is told the guardian's pid, one a line, and waits for the last one to be gone.
 * Then it removes the folder that they were in, if that empties it. A zombie counts as gone: in a container whose first
 * process collects none, it stays for ever.
 */
const SCRIPT = `
guardian=
while read -r line; do guardian=$line; done
n=0
lives() {
  kill -s 0 "$1" || return 1
  read -r stat <"/proc/$1/stat" || return 0
  case \${stat##*) } in Z*) return 1 ;; esac
}
while [ -n "$guardian" ] && [ "$n" -lt 600 ] && lives "$guardian"; do
  sleep 0.1 || sleep 1
  n=$((n + 1))
done
parent=$1
shift
rm -rf -- "$@"
rmdir -- "$parent"
`;

export interface Sweeper {
  /** The guardian to wait for before anything is removed. */
  watch(guardianPid: number): void;
  /** Removes everything now; resolves when it is gone. */
  sweep(): Promise<void>;
}

export function startSweeper(paths: readonly string[], parent: string): Sweeper {
  const child = spawn("/bin/sh", ["-c", SCRIPT, "uws-sweeper", parent, ...paths], {
    cwd: "/",
    env: quietEnvironment(),
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  const stdin = child.stdin;
  stdin.on("error", () => {});
  const exited = new Promise<void>((resolve) => {
    child.once("exit", () => resolve());
    child.once("error", () => resolve());
  });
  child.unref();
  if ("unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  return {
    watch(guardianPid) {
      stdin.write(`${guardianPid}\n`);
    },
    async sweep() {
      child.ref();
      stdin.end();
      await exited;
    },
  };
}
