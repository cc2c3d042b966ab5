import type { Site } from "../support/site.ts";
import type { Measured } from "./measured.ts";

const jobs = 500;
const slots = 4;
const seed = 20_161_024;

/** What a client saw of a job. Times in milliseconds since 1970. */
interface Followed {
  readonly url: string;
  readonly quotedAtCreation: number | undefined;
  /** Undefined where the job had ended before its quote could be asked for. */
  quotedAtStart: number | undefined;
}

interface Outcome extends Followed {
  /** Jobs that were created before it, of those that had not ended then. */
  readonly ahead: number;
  readonly created: number;
  readonly started: number;
  readonly ended: number;
}

/** How far quotes are from when jobs end: 500 jobs of mixed length, created at once, through four slots. */
export async function measureQuotes(site: Site): Promise<Measured[]> {
  site.worker("simulate", { UWS_SLOTS: String(slots) });
  const list = `${site.running.url}/simulate/async`;
  const lengths = mixedLengths(seed);
  // Something has to be measured before it can be predicted.
  await toTheEnd(list, await createJobs(list, 40, lengths));
  const created = await createJobs(list, jobs, lengths);
  await toTheEnd(list, created);
  return reported(await outcomesOf(created));
}

/** A few at a time, as clients would. */
async function createJobs(list: string, count: number, lengths: () => number): Promise<Followed[]> {
  const created: Followed[] = [];
  let left = count;
  const lane = async () => {
    while (left > 0) {
      left -= 1;
      created.push(await createJob(list, lengths()));
    }
  };
  await Promise.all(Array.from({ length: 4 }, lane));
  return created;
}

async function createJob(list: string, seconds: number): Promise<Followed> {
  const body = new URLSearchParams({ DURATION: String(seconds), STEPS: "4", RESULTS: "0", PHASE: "RUN" });
  const answer = await fetch(list, { method: "POST", body, redirect: "manual" });
  const url = answer.headers.get("location");
  if (answer.status !== 303 || url === null) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
  return { url, quotedAtCreation: await quoteOf(url), quotedAtStart: undefined };
}

/** Looks which jobs run until none is left, and asks for the quote of each as soon as it is seen to run. */
async function toTheEnd(list: string, followed: readonly Followed[]): Promise<void> {
  const notSeen = new Map(followed.map((job) => [job.url, job]));
  for (;;) {
    const open = await (await fetch(`${list}?PHASE=QUEUED&PHASE=EXECUTING&PHASE=UNKNOWN`)).text();
    const running = [...open.matchAll(/xlink:href="([^"]+)"[^>]*>\s*<uws:phase>(\w+)</g)];
    if (running.length === 0) return;
    for (const [, url = "", phase] of running) {
      const job = phase === "EXECUTING" ? notSeen.get(url) : undefined;
      if (job === undefined) continue;
      notSeen.delete(url);
      job.quotedAtStart = await quoteOf(url);
    }
    await Bun.sleep(20);
  }
}

async function outcomesOf(followed: readonly Followed[]): Promise<Outcome[]> {
  const times: (Followed & { created: number; started: number; ended: number })[] = [];
  for (const job of followed) {
    const answer = await fetch(job.url, { headers: { accept: "application/json" } });
    const { phase, creationTime, startTime, endTime } = (await answer.json()) as Record<string, string>;
    if (phase !== "COMPLETED") throw new Error(`A job ended in ${phase}.`);
    const [created = 0, started = 0, ended = 0] = [creationTime, startTime, endTime].map((time) =>
      Date.parse(time ?? ""),
    );
    times.push({ ...job, created, started, ended });
  }
  return times.map((job) => ({
    ...job,
    ahead: times.filter((other) => other.created < job.created && other.ended > job.created).length,
  }));
}

async function quoteOf(url: string): Promise<number | undefined> {
  const text = await (await fetch(`${url}/quote`)).text();
  return text === "" ? undefined : Date.parse(text);
}

/** Seconds: most are short, some are not, a few are long. The same ones in every run. */
function mixedLengths(first: number): () => number {
  let state = first;
  // mulberry32
  const random = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return () => {
    const kind = random();
    const [least, most] = kind < 0.7 ? [0.05, 0.4] : kind < 0.95 ? [0.4, 1.2] : [2, 3];
    return Number((least + random() * (most - least)).toFixed(3));
  };
}

function reported(outcomes: readonly Outcome[]): Measured[] {
  const atCreation = (what: string, those: readonly Outcome[]) => ({
    what: `${what} (${those.length} jobs), quote at creation`,
    // A job that has ended before it was asked for has no quote: it would have been a good one.
    value: errors(those.map((job) => [(job.quotedAtCreation ?? job.ended) - job.ended, job.ended - job.created])),
  });
  const started = outcomes.flatMap(({ quotedAtStart, ended, started }) =>
    quotedAtStart === undefined ? [] : [[quotedAtStart - ended, ended - started] as const],
  );
  const between = (least: number, most: number) => outcomes.filter(({ ahead }) => ahead >= least && ahead <= most);
  const all = `${jobs} jobs of 0.05 to 3 s created at once, ${slots} slots`;
  return [
    atCreation(`${all}: error of the predicted end, relative to the time from creation to end`, outcomes),
    atCreation("… fewer than 10 open before it", between(0, 9)),
    atCreation("… 10 to 99", between(10, 99)),
    atCreation("… 100 and more", between(100, jobs)),
    {
      what: `… quote at start (${started.length} jobs that still ran), relative to how long the job ran`,
      value: errors(started),
    },
  ];
}

/** @param list error and what it is relative to, both in milliseconds */
function errors(list: readonly (readonly [error: number, of: number])[]): string {
  const quantile = (values: readonly number[], share: number) =>
    values.toSorted((a, b) => a - b)[Math.floor(share * (values.length - 1))] ?? Number.NaN;
  const absolute = list.map(([error]) => Math.abs(error) / 1000);
  const relative = list.map(([error, of]) => (100 * Math.abs(error)) / Math.max(1, of));
  const late = list.filter(([error]) => error < 0).length;
  return [
    `p50 ${quantile(absolute, 0.5).toFixed(2)} s (${quantile(relative, 0.5).toFixed(0)} %)`,
    `p90 ${quantile(absolute, 0.9).toFixed(2)} s (${quantile(relative, 0.9).toFixed(0)} %)`,
    `${((100 * late) / list.length).toFixed(0)} % ended later than quoted`,
  ].join(", ");
}
