import type { Phase } from "./phase.ts";

/**
 * The life of a job: every way in which its phase may change, and who moves it. There is no other.
 *
 * ```
 *   (new) ─► PENDING ──run──► QUEUED ──accept──► EXECUTING ──complete──► COMPLETED ─┐
 *               │ hold          ▲  ▲                │  ▲ └─────fail────► ERROR ─────┤ archive
 *               ▼     run       │  └───requeue──────┤  │                            ├──────► ARCHIVED
 *              HELD ────────────┘                   │  └─heard── UNKNOWN            │
 *                                        suspend    │  └─silent────►│              │
 *                              SUSPENDED ◄──────────┘   requeue, lose │              │
 *                                  └──accept──► EXECUTING             ▼              │
 *            any active ──────────abort, expire────────────────────► ABORTED ──────┘
 * ```
 *
 * The store turns each line into one compare-and-set statement: `UPDATE … SET phase = to WHERE phase IN (from)`.
 */
export const transitions = {
  run: { from: ["PENDING", "HELD"], to: "QUEUED", by: "client RUN" },
  hold: { from: ["PENDING"], to: "HELD", by: "client RUN while over quota, or the job type is paused" },
  accept: { from: ["QUEUED", "SUSPENDED"], to: "EXECUTING", by: "a worker accepts" },
  complete: { from: ["EXECUTING", "UNKNOWN"], to: "COMPLETED", by: "the worker reports" },
  fail: { from: ["EXECUTING", "UNKNOWN"], to: "ERROR", by: "the worker reports" },
  silent: { from: ["EXECUTING"], to: "UNKNOWN", by: "the worker was silent for longer than the heartbeat allows" },
  heard: { from: ["UNKNOWN"], to: "EXECUTING", by: "the worker was heard again, same attempt" },
  requeue: {
    from: ["EXECUTING", "UNKNOWN"],
    to: "QUEUED",
    by: "the lease ran out and attempts remain, or the worker asked for another attempt",
  },
  lose: { from: ["EXECUTING", "UNKNOWN"], to: "ERROR", by: "the lease ran out, attempts spent" },
  suspend: { from: ["EXECUTING", "UNKNOWN"], to: "SUSPENDED", by: "the worker gives the job back with a checkpoint" },
  abort: {
    from: ["PENDING", "HELD", "QUEUED", "EXECUTING", "UNKNOWN", "SUSPENDED"],
    to: "ABORTED",
    by: "client ABORT",
  },
  expire: { from: ["EXECUTING", "UNKNOWN"], to: "ABORTED", by: "the execution duration was exceeded" },
  archive: {
    from: ["COMPLETED", "ERROR", "ABORTED"],
    to: "ARCHIVED",
    by: "destruction time on a service that archives, or the owner archives",
  },
} as const satisfies Record<string, { from: readonly Phase[]; to: Phase; by: string }>;

/** The reason for which a phase changes. */
export type Move = keyof typeof transitions;

/**
 * Where a move leads from a phase.
 * @returns the new phase, or undefined when the table does not allow this move from there.
 */
export function phaseAfter(move: Move, from: Phase): Phase | undefined {
  const transition = transitions[move];
  return (transition.from as readonly Phase[]).includes(from) ? transition.to : undefined;
}
