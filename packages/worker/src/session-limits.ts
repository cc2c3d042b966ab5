import type { Welcome__Output } from "@uws/protocol";

/** What the server said in Welcome about time and size. */
export interface SessionLimits {
  readonly leaseMs: number;
  readonly heartbeatMs: number;
  readonly maxMessageBytes: number;
  readonly maxInlineResultBytes: number;
  /** Infinity when there is no limit. */
  readonly maxResultBytes: number;
}

/** Before the first Welcome. */
export const initialLimits: SessionLimits = {
  leaseMs: 30_000,
  heartbeatMs: 10_000,
  maxMessageBytes: 4 * 1024 * 1024,
  maxInlineResultBytes: 0,
  maxResultBytes: Number.POSITIVE_INFINITY,
};

/** Room in a message for what goes around a payload: token, ids, names of fields. */
const envelopeBytes = 4096;

type Limits = Pick<
  Welcome__Output,
  "leaseMs" | "heartbeatMs" | "maxMessageBytes" | "maxInlineResultBytes" | "maxResultBytes"
>;

/** A server that leaves a field out (0 in proto3) gets the value that any server can live with. */
export function limitsOf(welcome: Limits): SessionLimits {
  const leaseMs = welcome.leaseMs || initialLimits.leaseMs;
  const maxMessageBytes = welcome.maxMessageBytes || initialLimits.maxMessageBytes;
  return {
    leaseMs,
    heartbeatMs: welcome.heartbeatMs || leaseMs / 3,
    maxMessageBytes,
    maxInlineResultBytes: Math.min(welcome.maxInlineResultBytes, maxPayload(maxMessageBytes)),
    maxResultBytes: welcome.maxResultBytes || initialLimits.maxResultBytes,
  };
}

/** The largest payload that fits in a message of this size. */
export function maxPayload(maxMessageBytes: number): number {
  return Math.max(0, maxMessageBytes - envelopeBytes);
}
