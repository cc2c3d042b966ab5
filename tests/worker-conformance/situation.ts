import type { SharedWorker } from "./shared-worker.ts";
import type { Stage } from "./stage.ts";

/** What a worker has to offer for a situation to apply to it. */
export type Need = "process" | "concurrent" | "sdk";

interface Described {
  readonly id: string;
  /** What the worker does, as a sentence. */
  readonly title: string;
  /** The rule of the worker protocol that this shows, in a few words. */
  readonly rule: string;
  /** Applies only to workers that have all of these. */
  readonly needs?: readonly Need[];
}

/** A situation of single jobs: many of this kind are played beside each other, with one worker. */
export interface JobSituation extends Described {
  readonly playJobs: (worker: SharedWorker) => Promise<void>;
}

/** A situation of a whole worker: it has one of its own. */
export interface WorkerSituation extends Described {
  readonly play: (stage: Stage) => Promise<void>;
}

export type Situation = JobSituation | WorkerSituation;
