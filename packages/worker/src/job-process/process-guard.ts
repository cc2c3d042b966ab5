import { spawn } from "node:child_process";

/**
 * Reads the pipe that only the worker holds: its end without a word is the worker's. It does so as a grandchild of ours: a Bun that
 * was started with --no-orphans lets its children die with it, and this one has to outlive it.
 */
const script = `trap '' TERM INT HUP
exec 3<&0 </dev/null
(
  echo watching
  exec >/dev/null
  read -r _ <&3 || kill -s KILL -- "-$1"
) &
exec >/dev/null
wait`;

/**
 * Kills a process group when this process is gone, however it went. The group could see that by itself only if it let go
 * of its thread, and the kernel's own means (PR_SET_PDEATHSIG) is out of reach of Node and knows no groups.
 */
export class ProcessGuard {
  readonly #end: () => void;
  /** Watches from now on. Rejects where there is no shell. */
  readonly watching: Promise<void>;

  /** @param group its id, that is the process id of its leader */
  constructor(group: number) {
    const shell = spawn("/bin/sh", ["-c", script, "uws-job-guard", String(group)], {
      stdio: ["pipe", "pipe", "ignore"],
      // Not in the worker's group, which a terminal's Ctrl-C or a supervisor may end as a whole.
      detached: true,
    });
    shell.stdin.on("error", () => {});
    shell.unref();
    this.watching = new Promise((resolve, reject) => {
      shell.stdout.on("data", () => resolve());
      shell.on("exit", () => reject(new Error("/bin/sh ended at once")));
      shell.on("error", reject);
    });
    // A process that ends before it is ready has nobody who waits for its guard.
    this.watching.catch(() => {});
    this.#end = () => shell.stdin.end("over\n");
  }

  /** The group is gone, and its id may become another's. */
  end(): void {
    this.#end();
  }
}
