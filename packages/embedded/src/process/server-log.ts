import { closeSync, existsSync, fstatSync, ftruncateSync, openSync, readSync, renameSync } from "node:fs";

/** A log that grows beyond this is cut off: it is for finding out why something failed a moment ago. */
const LIMIT_BYTES = 16 * 1024 * 1024;
const CHECK_EVERY_MS = 30_000;

/** The file that a server of ours writes to. A file, not a pipe: a server must not wait for us to read what it says. */
export interface ServerLog {
  readonly path: string;
  /** The descriptor to hand to the server. */
  readonly fd: number;
  /** The last lines written since it was opened. */
  tail(lines?: number): string;
  close(): void;
}

/** Opens the log of a new run of a server; the log of the run before it is kept with `.1` added. */
export function openServerLog(path: string): ServerLog {
  if (existsSync(path)) renameSync(path, `${path}.1`);
  // Appending, so that after a cut the server goes on at the new end.
  const fd = openSync(path, "a+", 0o600);
  const timer = setInterval(() => {
    if (fstatSync(fd).size > LIMIT_BYTES) ftruncateSync(fd, 0);
  }, CHECK_EVERY_MS);
  timer.unref();
  let open = true;
  return {
    path,
    fd,
    tail(lines = 20) {
      if (!open) return "";
      const size = fstatSync(fd).size;
      const buffer = Buffer.alloc(Math.min(size, 16 * 1024));
      readSync(fd, buffer, 0, buffer.length, size - buffer.length);
      return buffer.toString("utf8").trimEnd().split("\n").slice(-lines).join("\n");
    },
    close() {
      if (!open) return;
      open = false;
      clearInterval(timer);
      closeSync(fd);
    },
  };
}
