import { descriptions } from "./product/descriptions.ts";
import { examples, layout, promises } from "./product/house.ts";
import { limitsOfAll } from "./product/limits.ts";
import { allTen, phases } from "./product/phases.ts";
import { processes } from "./product/processes.ts";
import { badInput, compareAndSet, leaseHolds, onlyTruth, serverOwns, times } from "./product/unbreakable.ts";
import { fromWorker } from "./protocol/from-worker.ts";
import { whoIsLetIn } from "./protocol/protection.ts";
import {
  batches,
  blame,
  events,
  largeResults,
  oneSuite,
  queue,
  streams,
  tokens,
  versions,
} from "./protocol/rules-of-work.ts";
import { sdk } from "./protocol/sdk.ts";
import { services } from "./protocol/services.ts";
import { toWorker } from "./protocol/to-worker.ts";
import type { Rule, Section } from "./rule.ts";

const product: Readonly<Record<string, readonly Rule[]>> = {
  "What others learned or missed": promises,
  Processes: processes,
  "Rules that nothing may break: 1, PostgreSQL is the only truth": onlyTruth,
  "Rules that nothing may break: 2, compare and set": compareAndSet,
  "Rules that nothing may break: 3, the server owns the phase": serverOwns,
  "Rules that nothing may break: 4, a lease holds a job": leaseHolds,
  "Rules that nothing may break: 5, bad input": badInput,
  "Rules that nothing may break: 6, limits": limitsOfAll,
  "Rules that nothing may break: 7, times": times,
  "Phases: who moves a job, and why": phases,
  "All ten phases": allTen,
  "Job descriptions": descriptions,
  Layout: layout,
  "The two examples": examples,
};

const protocol: Readonly<Record<string, readonly Rule[]>> = {
  Services: services,
  "Worker → server": fromWorker,
  "Server → worker": toWorker,
  "Rules: 1, tokens": tokens,
  "Rules: 2, events": events,
  "Rules: 3, streams": streams,
  "Rules: 4, the queue of messages": queue,
  "Rules: 5, groups": batches,
  "Rules: 6, retries": blame,
  "Rules: 7, large results": largeResults,
  "Rules: 8, who is let in": whoIsLetIn,
  "Rules: 9, versions": versions,
  "Rules: 10, one suite for all SDKs": oneSuite,
  "What an SDK gives": sdk,
};

function sectionsOf(source: Section["source"], parts: Readonly<Record<string, readonly Rule[]>>): Section[] {
  return Object.entries(parts).map(([title, rules]) => ({ source, title, rules }));
}

/** Every rule of the two design files, in their order. */
export const sections: readonly Section[] = [
  ...sectionsOf("product.md", product),
  ...sectionsOf("worker-protocol.md", protocol),
];

export const rules: readonly Rule[] = sections.flatMap((section) => section.rules);
