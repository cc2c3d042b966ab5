/** Milliseconds, short enough that many leases run out in a minute. */
export const timing = {
  lease: 4000,
  heartbeat: 500,
  silence: 2000,
  accept: 2000,
  sweep: 200,
  redispatch: 1000,
  backoff: 300,
} as const;

/** Seconds by which the clocks of some processes are off. */
export const clockSkew = 90;
