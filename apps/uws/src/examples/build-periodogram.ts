import { mkdir } from "node:fs/promises";
import { join, resolve } from "node:path";
import { runTool } from "./run-tool.ts";

const source = join(import.meta.dirname, "../../../workers/periodogram");

/** Where Go's installer puts it, which is not on every PATH. */
const usual = "/usr/local/go/bin/go";

/**
 * Builds the periodogram with the Go that is there; Go keeps what it has compiled.
 * @returns the program
 * @throws what is missing
 */
export async function buildPeriodogram(say: (line: string) => void): Promise<string> {
  const go = Bun.which("go") ?? Bun.which(usual);
  if (go === null) throw new Error("there is no go on the PATH (Go 1.26 or newer)");
  const program = resolve(process.cwd(), ".uws/examples/periodogram");
  await mkdir(resolve(program, ".."), { recursive: true });
  say("Building the periodogram in Go …");
  // No other toolchain is fetched, no workspace above the checkout counts, and no C compiler is asked for.
  const environment = { GOTOOLCHAIN: "local", GOWORK: "off", CGO_ENABLED: "0" };
  await runTool([go, "build", "-buildvcs=false", "-o", program, "."], source, environment);
  return program;
}
