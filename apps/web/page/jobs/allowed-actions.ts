import { hasEnded, type RemotePhase } from "@uws/client";

/** What a person can do to a job from here. */
export type Action = "run" | "abort" | "archive" | "delete";

/** What the phase of a job allows; the server has the last word. */
export function allowedActions(phase: RemotePhase): readonly Action[] {
  if (phase === "ARCHIVED") return ["delete"];
  if (hasEnded({ phase })) return ["archive", "delete"];
  return phase === "PENDING" || phase === "HELD" ? ["run", "abort", "delete"] : ["abort", "delete"];
}

/** Whether a job may change without anybody touching it. */
export function isActive({ phase }: { readonly phase: RemotePhase }): boolean {
  return phase === "QUEUED" || phase === "EXECUTING" || phase === "UNKNOWN" || phase === "SUSPENDED";
}
