import { expect, test } from "bun:test";
import { isTerminal, type Phase, phases, terminalPhases } from "./phase.ts";
import { type Move, phaseAfter, transitions } from "./transition.ts";

const moves = Object.keys(transitions) as Move[];

test("a terminal phase is left only by archiving", () => {
  for (const phase of terminalPhases) {
    for (const move of moves) {
      const to = phaseAfter(move, phase);
      expect(to).toBe(move === "archive" && phase !== "ARCHIVED" ? "ARCHIVED" : undefined);
    }
  }
});

test("every phase but PENDING is reached by some move", () => {
  const reached = new Set<Phase>(moves.map((move) => transitions[move].to));
  expect([...reached].sort()).toEqual(phases.filter((phase) => phase !== "PENDING").sort());
});

test("every phase that is not terminal can be aborted", () => {
  for (const phase of phases) {
    expect(phaseAfter("abort", phase)).toBe(isTerminal(phase) ? undefined : "ABORTED");
  }
});

test("no move leads back to PENDING, and none stays where it is", () => {
  for (const move of moves) {
    for (const phase of phases) {
      expect(phaseAfter(move, phase)).not.toBe("PENDING");
      expect(phaseAfter(move, phase)).not.toBe(phase);
    }
  }
});
