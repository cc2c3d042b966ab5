import { isPhase, limits, type Phase, phases, UwsError } from "@uws/core";
import { parseTime } from "./time.ts";

/** What a client may ask of a phase (UWS 1.1, section 2.2.3.4; ARCHIVE is ours). */
export const phaseActions = ["RUN", "ABORT", "ARCHIVE"] as const;
export type PhaseAction = (typeof phaseActions)[number];

export function parsePhaseAction(text: string): PhaseAction {
  const action = phaseActions.find((candidate) => candidate === text);
  return action ?? refuse("PHASE", text, phaseActions.join(", "));
}

/** Seconds as xs:int; 0 = unlimited (UWS 1.1, section 2.1.4). */
export function parseExecutionDuration(text: string): number {
  const seconds = wholeNumber(text);
  const allowed = seconds !== undefined && seconds >= 0 && seconds <= limits.executionDuration;
  return allowed ? seconds : refuse("EXECUTIONDURATION", text, `whole seconds from 0 to ${limits.executionDuration}`);
}

/** What of a job list a client wants to see. All that are given must hold. */
export interface ListFilter {
  /** Any of these; empty = every phase but ARCHIVED. */
  readonly phases: readonly Phase[];
  /** Created later than this, strictly. */
  readonly after?: Date;
  /** The newest so many. */
  readonly last?: number;
}

/** PHASE (repeatable), AFTER and LAST in the query of a job list (UWS 1.1, section 2.2.2.1). */
export function parseListFilter(query: URLSearchParams): ListFilter {
  const after = single(query, "AFTER");
  const last = single(query, "LAST");
  return {
    phases: [...new Set(values(query, "PHASE").map(parsePhase))],
    ...(after === undefined ? {} : { after: parseTime(after) }),
    ...(last === undefined ? {} : { last: parseLast(last) }),
  };
}

function parseLast(text: string): number {
  const last = wholeNumber(text);
  if (last === undefined || last < 1) return refuse("LAST", text, "a whole number greater than 0");
  // "At most so many" is true of a smaller number, too, and the database counts in 32 bits.
  return Math.min(last, 2_147_483_647);
}

/** How long a client is ready to wait for a change. */
export interface Wait {
  /** Seconds, not more than the server's cap. */
  readonly seconds: number;
  /** Wait only as long as the job is in this phase. */
  readonly phase?: Phase;
}

/**
 * WAIT and PHASE in the query of a job (UWS 1.1, section 2.2.1.1). −1 asks for as long as the server will.
 * @param cap seconds that this server blocks at most
 * @returns undefined where the client did not ask to wait
 */
export function parseWait(query: URLSearchParams, cap: number = limits.waitSeconds): Wait | undefined {
  const wait = single(query, "WAIT");
  if (wait === undefined) return undefined;
  const seconds = wholeNumber(wait);
  if (seconds === undefined || seconds < -1) return refuse("WAIT", wait, "whole seconds, or -1");
  const phase = single(query, "PHASE");
  return {
    seconds: seconds === -1 ? cap : Math.min(seconds, cap),
    ...(phase === undefined ? {} : { phase: parsePhase(phase) }),
  };
}

function parsePhase(text: string): Phase {
  return isPhase(text) ? text : refuse("PHASE", text, phases.join(", "));
}

/** Values of a parameter whose name is matched without regard to case (UWS 1.1, section 3). */
function values(query: URLSearchParams, name: string): string[] {
  return [...query].filter(([key]) => key.toUpperCase() === name).map(([, value]) => value);
}

function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = values(query, name);
  if (more.length > 0) throw new UwsError("invalid", `${name} is given ${more.length + 1} times; allowed: once`);
  return value;
}

/** xs:integer and nothing else: not 1.0, 1e3, 0x10, or with spaces around. */
function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

function refuse(name: string, value: string, allowed: string): never {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  throw new UwsError("invalid", `${name}=${shown}: not allowed; allowed: ${allowed}`);
}
