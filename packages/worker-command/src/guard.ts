import { spawn } from "node:child_process";
import { defaultPath, markVariable } from "./environment.ts";

/**
 * Arguments: mark, folder, and the command that ends a container. Reads the leader's process id, and then waits for the end of a pipe
 * that only the worker holds: without a word it is the worker's end.
 */
const script = `trap '' TERM INT HUP
mark=$1 folder=$2
shift 2
read -r group
read -r _ && exit
[ -n "$group" ] && kill -s KILL -- "-$group"
[ $# -gt 0 ] && "$@"
for round in 1 2 3; do
  for file in /proc/[0-9]*/environ; do
    if tr '\\0' '\\n' <"$file" | grep -qxF "${markVariable}=$mark"; then
      pid=\${file#/proc/}
      kill -s KILL "\${pid%/environ}"
    fi
  done
done
rm -rf -- "$folder"`;

/** Ends a job's processes, and removes its folder, when this process is gone, however it went. */
export class Guard {
  readonly #say: (line: string) => void;
  /** Watches from now on. Rejects where there is no shell. */
  readonly watching: Promise<void>;

  constructor(mark: string, folder: string, kill: readonly string[]) {
    const shell = spawn("/bin/sh", ["-c", script, "uws-job-guard", mark, folder, ...kill], {
      stdio: ["pipe", "ignore", "ignore"],
      cwd: "/",
      env: { PATH: defaultPath },
      // Not in the worker's group, which a terminal's Ctrl-C or a supervisor may end as a whole.
      detached: true,
    });
    shell.stdin.on("error", () => {});
    shell.unref();
    this.#say = (line) => void shell.stdin.write(line);
    this.watching = new Promise((resolve, reject) => {
      shell.on("spawn", resolve);
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
