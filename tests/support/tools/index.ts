import { findChromium } from "./chromium.ts";
import { findCurl } from "./curl.ts";
import { findPython } from "./python.ts";
import { pythonForExamples, pythonForWorkers } from "./python-workers.ts";
import type { Tool } from "./run.ts";
import { findStilts } from "./stilts.ts";
import { oldest } from "./versions.ts";
import { wheelsForWorkers } from "./wheels.ts";

/**
 * Programs that drive the server in tests: found on the machine, or fetched into the user's cache. Nothing is installed into
 * the system, and no test is skipped for want of one: it fails, and says how to get it.
 */
export { bubblewrap, withoutBubblewrap } from "./bubblewrap.ts";
export { buildGo, go, goOnPath, goToolchain, withoutGo } from "./go.ts";
export { type Ran, run, runWell, type Tool } from "./run.ts";

/** What could not be had when the test command looked for it, by name, as JSON: no test looks again. */
export const problemsVariable = "UWS_TEST_TOOLS_PROBLEMS";

interface Kind {
  readonly find: () => Promise<Tool>;
  readonly advice: string;
}

const kinds = {
  Chromium: {
    find: findChromium,
    advice: "Install Chromium (apt-get install chromium).",
  },
  curl: { find: findCurl, advice: "Install curl." },
  STILTS: {
    find: findStilts,
    advice: `Install STILTS ${oldest.stilts.join(".")} or newer (apt-get install stilts).`,
  },
  Python: {
    find: findPython,
    advice: `Install Python ${oldest.python.join(".")} or newer with pip, which must reach a package index the first time.`,
  },
} satisfies Record<string, Kind>;

type Name = keyof typeof kinds;

const found = new Map<Name, Promise<Tool>>();

function get(name: Name): Promise<Tool> {
  const known = found.get(name) ?? find(name);
  found.set(name, known);
  return known;
}

async function find(name: Name): Promise<Tool> {
  const told = (JSON.parse(process.env[problemsVariable] ?? "{}") as Record<string, string>)[name];
  if (told !== undefined) throw new Error(told);
  const { find, advice } = kinds[name];
  try {
    return await find();
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`The tests need ${name}, and it can neither be found nor be fetched. ${advice}\n${reason}`, {
      cause,
    });
  }
}

export const chromium = () => get("Chromium");
export const curl = () => get("curl");
/** STILTS, by whose standards-conscious author TOPCAT is. */
export const stilts = () => get("STILTS");
export { pythonForExamples, pythonForWorkers, wheelsForWorkers };
/** Python with pyvo and uws-client. */
export const python = () => get("Python");

/**
 * Gets all of them, so that no test waits for a download.
 * @returns environment for the tests
 */
export async function prepareTools(log: (line: string) => void): Promise<Record<string, string>> {
  const problems: Record<string, string> = {};
  const started = performance.now();
  await Promise.all([
    // Whoever needs it looks again, and fails with the reason.
    Promise.all([pythonForExamples(), wheelsForWorkers()]).catch((error: unknown) =>
      log(`There is no Python for workers: ${String(error)}`),
    ),
    ...(Object.keys(kinds) as Name[]).map(async (name) => {
      try {
        await get(name);
      } catch (error) {
        problems[name] = error instanceof Error ? error.message : String(error);
        log(problems[name]);
      }
    }),
  ]);
  log(`Clients for the tests were there after ${((performance.now() - started) / 1000).toFixed(1)} s.`);
  return { [problemsVariable]: JSON.stringify(problems) };
}
