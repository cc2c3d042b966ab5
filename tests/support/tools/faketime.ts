import { Glob } from "bun";
import { cached } from "./cache.ts";
import { unpackDebian } from "./debian.ts";
import { runWell } from "./run.ts";

/** Seconds by which a clock must be off for the trial to count. */
const trial = 1000;

/**
 * Environment in which a process sees another time of day than the machine's. Clocks that only go forward, by which timers
 * run, are left alone. It is libfaketime, the machine's or Debian's, unpacked, and tried with this very Bun.
 * @returns the environment for so many seconds, to be added to the process's own
 * @throws when the library cannot be had, or this Bun does not heed it
 */
export async function findFaketime(): Promise<(seconds: number) => Record<string, string>> {
  const library =
    libraryIn("/") ??
    libraryIn(await cached("faketime-debian", (fresh) => unpackDebian(fresh, ["libfaketime"], /^libfaketime$/)));
  if (library === undefined) throw new Error("Debian's libfaketime has no libfaketimeMT.so.1");
  const shifted = (seconds: number) => ({
    LD_PRELOAD: library,
    FAKETIME: `${seconds < 0 ? "" : "+"}${seconds}s`,
    FAKETIME_DONT_FAKE_MONOTONIC: "1",
  });
  const bun = { command: [process.execPath], env: shifted(trial) };
  const off = (Number(await runWell(bun, ["-e", "console.log(Date.now())"])) - Date.now()) / 1000;
  if (Math.abs(off - trial) > trial / 2)
    throw new Error(`libfaketime moves Bun's clock by ${off} s, not by ${trial} s`);
  return shifted;
}

/** Debian has it below the folder of the processor's kind, others do not. */
function libraryIn(folder: string): string | undefined {
  const globs = ["usr/lib/*/faketime", "usr/lib/faketime", "usr/lib64/faketime"].map(
    (path) => new Glob(`${path}/libfaketimeMT.so.1`),
  );
  return globs.flatMap((glob) => [...glob.scanSync({ cwd: folder, absolute: true })])[0];
}
