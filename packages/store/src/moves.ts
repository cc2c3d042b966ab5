import { type Move, type Phase, transitions } from "@uws/core";
import type { Sql } from "./store.ts";

/*
 * The transition table of packages/core, as SQL. Each command that changes a phase is one compare-and-set:
 *
 *   UPDATE jobs SET phase = reached(move) … WHERE … AND phase IN mayMove(move)
 *
 * The phases are written as literals, not parameters: the planner then recognizes the partial indices.
 */

/** `('A', 'B')`: the phases from which each of the moves is allowed, to stand behind `phase in`: for rows found by phase. */
export function mayMove(sql: Sql, ...moves: readonly [Move, ...Move[]]) {
  return phaseList(sql, allowing(moves));
}

/** Whether the phase of `jobs` allows each of the moves: for rows found by their ids. */
export function movable(sql: Sql, ...moves: readonly [Move, ...Move[]]) {
  return isAmong(sql, allowing(moves));
}

/**
 * Whether the phase of `jobs` is one of these: for rows found by their ids. It says so in words in which the planner does not
 * recognize a partial index: that of the few active jobs looks cheap to it, and is full of entries of jobs that have ended.
 */
export function isAmong(sql: Sql, list: readonly Phase[]) {
  return sql.unsafe(`array_position('{${list.join(",")}}'::phase[], jobs.phase) is not null`);
}

function allowing(moves: readonly [Move, ...Move[]]): Phase[] {
  return (transitions[moves[0]].from as readonly Phase[]).filter((phase) =>
    moves.every((move) => (transitions[move].from as readonly Phase[]).includes(phase)),
  );
}

/** `'A'::phase`: the phase to which the move leads. */
export function reached(sql: Sql, move: Move) {
  return sql.unsafe(`'${transitions[move].to}'::phase`);
}

/** `('A', 'B')` */
export function phaseList(sql: Sql, list: readonly Phase[]) {
  return sql.unsafe(`(${list.map((phase) => `'${phase}'`).join(", ")})`);
}
