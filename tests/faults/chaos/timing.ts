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

/**
 * When the keeper removes a file that no row needs: after longer than any gateway tries to store the row. Only a keeper whose
 * clock is right does it here; in production the time is a day, and clocks are not off by that much.
 */
export const orphanTimes = { UWS_ORPHAN_MS: "45000", UWS_ORPHAN_LOOK_MS: "2000" } as const;
