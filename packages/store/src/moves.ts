import { type Move, type Phase, transitions } from "@uws/core";
import type { Sql } from "./store.ts";

/*
 * The transition table of packages/core, as SQL. Each command that changes a phase is one compare-and-set:
 *
 *   UPDATE jobs SET phase = reached(move) … WHERE … AND phase IN mayMove(move)
 *
 * The phases are written as literals, not parameters: the planner then recognizes the partial indices.
 */

/** `('A', 'B')`: the phases from which each of the moves is allowed, to stand behind `phase in`. */
export function mayMove(sql: Sql, ...moves: readonly [Move, ...Move[]]) {
  const allowed = (transitions[moves[0]].from as readonly Phase[]).filter((phase) =>
    moves.every((move) => (transitions[move].from as readonly Phase[]).includes(phase)),
  );
  return phaseList(sql, allowed);
}

/** `'A'::phase`: the phase to which the move leads. */
export function reached(sql: Sql, move: Move) {
  return sql.unsafe(`'${transitions[move].to}'::phase`);
}

/** `('A', 'B')` */
export function phaseList(sql: Sql, list: readonly Phase[]) {
  return sql.unsafe(`(${list.map((phase) => `'${phase}'`).join(", ")})`);
}
