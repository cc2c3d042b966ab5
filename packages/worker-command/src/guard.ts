import { spawn } from "node:child_process";
import { defaultPath, markVariable } from "./environment.ts";

/**
 * Arguments: mark, folder, and the command that ends a container. Reads the leader's process id, and then waits for the end of a pipe
 * that only the worker holds: without a word it is the worker's end. It does so as a grandchild of ours: a Bun that was
 * started with --no-orphans lets its children die with it, and this one has to outlive it.
 */
const script = `trap '' TERM INT HUP
exec 3<&0 </dev/null
(
  mark=$1 folder=$2
  shift 2
  echo watching
  exec >/dev/null
  read -r group <&3
  read -r _ <&3 && exit
  [ -n "$group" ] && kill -s KILL -- "-$group"
  [ $# -gt 0 ] && "$@"
  round=0
  while [ $round -lt 100 ]; do
    # Its exit status tells of processes that have just ended, not whether it found one.
    found=$(grep -lsF "${markVariable}=$mark" /proc/[0-9]*/environ)
    [ -n "$found" ] || break
    for file in $found; do
      pid=\${file#/proc/}
      kill -s KILL "\${pid%/environ}"
    done
    round=$((round + 1))
  done
  rm -rf -- "$folder"
) &
exec >/dev/null
wait`;

/** Ends a job's processes, and removes its folder, when this process is gone, however it went. */
export class Guard {
  readonly #say: (line: string) => void;
  /** Watches from now on. Rejects where there is no shell. */
  readonly watching: Promise<void>;

  constructor(mark: string, folder: string, kill: readonly string[]) {
    const shell = spawn("/bin/sh", ["-c", script, "uws-job-guard", mark, folder, ...kill], {
      stdio: ["pipe", "pipe", "ignore"],
      cwd: "/",
      env: { PATH: defaultPath },
      // Not in the worker's group, which a terminal's Ctrl-C or a supervisor may end as a whole.
      detached: true,
    });
    shell.stdin.on("error", () => {});
    shell.unref();
    this.#say = (line) => void shell.stdin.write(line);
    this.watching = new Promise((resolve, reject) => {
      shell.stdout.on("data", () => resolve());
      shell.on("exit", () => reject(new Error("/bin/sh ended at once")));
      shell.on("error", reject);
    });
  }

  /** The process that leads the job's group. */
  started(leader: number): void {
    this.#say(`${leader}\n`);
  }

  /** The job is over, whether or not it was started. */
  end(): void {
    this.#say("\nover\n");
  }
}
