import { isPhase, limits, type Phase, phases, UwsError } from "@uws/core";

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

/**
 * OCCURRENCE (ours) in the query of a parameter's value: which one is meant of those of that name, counted from 1.
 * @returns undefined where the client did not say
 */
export function parseOccurrence(query: URLSearchParams): number | undefined {
  const text = single(query, "OCCURRENCE");
  if (text === undefined) return undefined;
  const occurrence = wholeNumber(text);
  return occurrence !== undefined && occurrence > 0
    ? occurrence
    : refuse("OCCURRENCE", text, "a whole number greater than 0");
}

export function parsePhase(text: string): Phase {
  return isPhase(text) ? text : refuse("PHASE", text, phases.join(", "));
}

/** Values of a parameter whose name is matched without regard to case (UWS 1.1, section 3). */
export function values(query: URLSearchParams, name: string): string[] {
  // Of other letters, some have capitals that are those of a name.
  return [...query].filter(([key]) => /^[A-Za-z]+$/.test(key) && key.toUpperCase() === name).map(([, value]) => value);
}

export function single(query: URLSearchParams, name: string): string | undefined {
  const [value, ...more] = values(query, name);
  if (more.length > 0) throw new UwsError("invalid", `${name} is given ${more.length + 1} times; allowed: once`);
  return value;
}

/** xs:integer and nothing else: not 1.0, 1e3, 0x10, or with spaces around. */
export function wholeNumber(text: string): number | undefined {
  return /^[+-]?\d+$/.test(text) ? Number(text) : undefined;
}

export function refuse(name: string, value: string, allowed: string): never {
  const shown = value.length > 60 ? `${value.slice(0, 60)}…` : value;
  throw new UwsError("invalid", `${name}=${shown}: not allowed; allowed: ${allowed}`);
}
