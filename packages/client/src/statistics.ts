import { isObject, type JsonObject, numberIn, objectIn, objectsIn, parseJson, textIn, timeIn } from "./read-json.ts";

/** How busy a service of bun-uws is, of all owners together. */
export interface ServiceStatistics {
  /** Path of the service. */
  readonly service: string;
  /** When it was counted. */
  readonly time: Date | undefined;
  readonly types: readonly TypeStatistics[];
}

export interface TypeStatistics {
  readonly type: string;
  /** None of its jobs is given to a worker now. */
  readonly paused: boolean;
  /** Jobs that wait for a worker. */
  readonly queued: number;
  /** Jobs that workers have. */
  readonly running: number;
  /** Jobs that wait for their clients to run them again. */
  readonly held: number;
  readonly lastHour: Ends;
  readonly lastDay: Ends;
  /** Seconds from a worker's accept to the end; undefined where none has completed within a day. */
  readonly duration: Quantiles | undefined;
  /** Seconds from RUN to that accept. */
  readonly wait: Quantiles | undefined;
}

/** Jobs that have ended, by how. */
export interface Ends {
  readonly completed: number;
  readonly failed: number;
  readonly aborted: number;
}

/** Seconds. */
export interface Quantiles {
  readonly median: number;
  /** Nine of ten took no longer. */
  readonly p90: number;
}

/**
 * Reads `{service}/statistics`.
 * @throws Error when it is something else
 */
export function readStatistics(document: string): ServiceStatistics {
  const statistics = parseJson(document);
  if (!isObject(statistics) || !Array.isArray(statistics.types)) throw new Error("no statistics");
  return {
    service: textIn(statistics, "service") ?? "",
    time: timeIn(statistics, "time"),
    types: objectsIn(statistics, "types").map((type) => ({
      type: textIn(type, "type") ?? "",
      paused: type.paused === true,
      queued: numberIn(type, "queued") ?? 0,
      running: numberIn(type, "running") ?? 0,
      held: numberIn(type, "held") ?? 0,
      lastHour: endsOf(objectIn(type, "lastHour")),
      lastDay: endsOf(objectIn(type, "lastDay")),
      duration: quantilesOf(objectIn(type, "duration")),
      wait: quantilesOf(objectIn(type, "wait")),
    })),
  };
}

function endsOf(ends: JsonObject = {}): Ends {
  const count = (name: string) => numberIn(ends, name) ?? 0;
  return { completed: count("completed"), failed: count("failed"), aborted: count("aborted") };
}

function quantilesOf(quantiles: JsonObject = {}): Quantiles | undefined {
  const median = numberIn(quantiles, "median");
  const p90 = numberIn(quantiles, "p90");
  return median === undefined || p90 === undefined ? undefined : { median, p90 };
}
