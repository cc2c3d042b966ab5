import { run } from "./run.ts";

let tried: Promise<string | undefined> | undefined;

/**
 * The `bwrap` command, if there is one that can make a container here: some systems let nobody do so, nor does another container.
 * It is not fetched: where it is not, what needs it does not run, and says so (`withoutBubblewrap`).
 */
export function bubblewrap(): Promise<string | undefined> {
  tried ??= run("bwrap", ["--unshare-all", "--ro-bind", "/", "/", "--proc", "/proc", "true"]).then(({ code }) =>
    code === 0 ? "bwrap" : undefined,
  );
  return tried;
}

/** What a test says that does not run for want of it. */
export const withoutBubblewrap =
  "bubblewrap: no bwrap that works, not run (apt-get install bubblewrap; user namespaces must be allowed)";
