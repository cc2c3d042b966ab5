/** A time for people, to the minute, in UTC. */
export function dayTime(time: Date): string {
  return `${time.toISOString().slice(0, 16).replace("T", " ")}Z`;
}

/** Until when a token is good. */
export function expiryText(expiry: Date | null, expired: boolean): string {
  return expiry === null ? "never" : `${dayTime(expiry)}${expired ? " (expired)" : ""}`;
}
