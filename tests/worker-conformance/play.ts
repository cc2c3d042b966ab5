import type { Tool } from "../support/tools/index.ts";
import type { Language } from "./languages.ts";
import { patience } from "./patience.ts";
import { SharedWorker } from "./shared-worker.ts";
import type { JobSituation, Situation, WorkerSituation } from "./situation.ts";
import { Stage } from "./stage.ts";

/** What came of a situation: nothing to say means that it went as it should. */
export type Outcome = "passed" | { readonly wrong: string };

/** How many situations of one kind of worker are played at a time. A process for each job takes a while to start. */
const atOnce = { concurrent: { jobs: 6, workers: 3 }, process: { jobs: 3, workers: 2 } } as const;

/** Whether a situation concerns such a worker. */
export function applies({ needs = [] }: Situation, { kind, jobs }: Language): boolean {
  return needs.every((need) => need === kind || need === jobs);
}

/** What is played. */
export interface Played {
  /** By id. */
  readonly outcomes: ReadonlyMap<string, Promise<Outcome>>;
  /** Resolves when no worker runs any more. Whoever does not wait for it leaves one behind. */
  readonly cleared: Promise<void>;
}

/** Plays the situations that apply with workers of one language. */
export function play(language: Language, tool: Tool, situations: readonly Situation[]): Played {
  const ours = situations.filter((situation) => applies(situation, language));
  const jobs = ours.filter((situation): situation is JobSituation => "playJobs" in situation);
  const workers = ours.filter((situation): situation is WorkerSituation => "play" in situation);
  const shared = withOneWorker(language, tool, jobs);
  const outcomes = new Map([...shared.outcomes, ...withOwnWorkers(language, tool, workers)]);
  const cleared = Promise.all([...outcomes.values(), shared.cleared]).then(() => {});
  // Whoever waits is told.
  cleared.catch(() => {});
  return { outcomes, cleared };
}

function withOwnWorkers(language: Language, tool: Tool, situations: readonly WorkerSituation[]) {
  const turn = turns(atOnce[language.jobs].workers);
  return situations.map(({ id, play }): [string, Promise<Outcome>] => [
    id,
    turn(async () => {
      const stage = await Stage.set(language, tool);
      try {
        return await outcome(() => play(stage), stage);
      } finally {
        await stage.clear();
      }
    }),
  ]);
}

function withOneWorker(language: Language, tool: Tool, situations: readonly JobSituation[]) {
  if (situations.length === 0) return { outcomes: [], cleared: Promise.resolve() };
  const turn = turns(atOnce[language.jobs].jobs);
  const stage = Stage.set(language, tool);
  const worker = stage.then((set) => SharedWorker.start(set));
  worker.catch(() => {});
  const outcomes = situations.map(({ id, playJobs }): [string, Promise<Outcome>] => [
    id,
    turn(async () => await outcome(async () => playJobs(await worker), await stage)),
  ]);
  const cleared = Promise.allSettled(outcomes.map(([, played]) => played)).then(async () => (await stage).clear());
  return { outcomes, cleared };
}

/** A situation ends, in one way or the other. */
async function outcome(play: () => Promise<void>, stage: Stage): Promise<Outcome> {
  const tooLong = Promise.withResolvers<never>();
  const timer = setTimeout(() => tooLong.reject(new Error("the situation did not come to its end")), 2 * patience);
  try {
    await Promise.race([play(), tooLong.promise]);
    return "passed";
  } catch (error) {
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return { wrong: `${reason}\nThe worker printed:\n${await stage.output()}` };
  } finally {
    clearTimeout(timer);
  }
}

/** Lets so many run at a time. */
function turns(atOnce: number): <T>(run: () => Promise<T>) => Promise<T> {
  let free = atOnce;
  const waiting: (() => void)[] = [];
  return async (run) => {
    while (free === 0) await new Promise<void>((resolve) => waiting.push(resolve));
    free--;
    try {
      return await run();
    } finally {
      free++;
      waiting.shift()?.();
    }
  };
}
