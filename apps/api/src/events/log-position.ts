/** How far a reader has come in the log of a job: the `id` of every event, so that a broken stream goes on where it broke. */
export interface LogPosition {
  readonly attempt: number;
  readonly sequence: number;
}

export const logStart: LogPosition = { attempt: 0, sequence: 0 };

export function formatPosition({ attempt, sequence }: LogPosition): string {
  return `${attempt}.${sequence}`;
}

/** Reads `Last-Event-ID`; what is no position of ours means the start. */
export function parsePosition(text: string | null): LogPosition {
  const [, attempt, sequence] = /^(\d{1,9})\.(\d{1,15})$/.exec(text ?? "") ?? [];
  return attempt === undefined ? logStart : { attempt: Number(attempt), sequence: Number(sequence) };
}
