import { limits } from "@uws/core";
import type { JobDescription } from "@uws/description";
import { destructionTime } from "./operation.ts";

/** Control parameters that a new job may be given. */
export const controls = {
  PHASE: { type: "string", enum: ["RUN"], description: "RUN starts the job at once" },
  RUNID: { type: "string", maxLength: limits.runIdLength, description: "A name of the client's own for the job" },
  EXECUTIONDURATION: {
    type: "integer",
    minimum: 0,
    maximum: limits.executionDuration,
    description: "Seconds that it may run; 0 = as long as allowed",
  },
  DESTRUCTION: { ...destructionTime, description: "When the job and its results may go (ISO 8601, UTC)" },
} as const;

/** PRIORITY, where a description lets clients give it. */
export function priorityOf({ priority }: JobDescription): { readonly PRIORITY?: object } {
  if (priority === undefined) return {};
  const PRIORITY = {
    type: "integer",
    minimum: -1000,
    maximum: 1000,
    default: priority.default,
    description: `Jobs of a higher priority come first; at most ${priority.max}, more is taken for that`,
  } as const;
  return { PRIORITY };
}
