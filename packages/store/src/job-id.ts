/** Job ids are UUIDv7: they sort by creation, are safe in URLs, and begin with a hexadecimal digit. */
export function newJobId(): string {
  return Bun.randomUUIDv7();
}

/** Whether the text is a job id in the one form that the server writes: anything else names no job. */
export function isJobId(text: string): boolean {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/.test(text);
}
