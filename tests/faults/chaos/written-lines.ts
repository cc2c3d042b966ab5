/** A log line as `simulate` writes it, and the attempt under which it is stored. */
export interface StoredLine {
  readonly attempt: number;
  readonly message: string;
}

const form = /^attempt (\d+), step (\d+), line (\d+) of (\d+)$/;

/**
 * What is wrong with the log of a job that `simulate` ran, from its lines in order. An attempt begins at the first step or, of
 * a job that is given back, at that after the middle, and then no line is left out and none comes twice.
 * @param completed the attempt that completed: it wrote all its lines. Of others, the last may be missing
 */
export function wrongLines(
  { STEPS = "10", LOGS = "0", OUTCOME }: Readonly<Record<string, string>>,
  lines: readonly StoredLine[],
  completed: number | undefined,
): string | undefined {
  const steps = Math.max(1, Number(STEPS));
  const logs = Number(LOGS);
  const middle = OUTCOME === "release" ? Math.ceil(steps / 2) : 0;
  /** Of each attempt, which line of all came last, counted from 1. */
  const last = new Map<number, number>();
  for (const { attempt, message } of lines) {
    const [said, step, number, of] = (form.exec(message) ?? []).slice(1).map(Number);
    if (said === undefined || step === undefined || number === undefined) return `"${message}" is no line of the job`;
    if (said !== attempt) return `"${message}" is stored under attempt ${attempt}`;
    if (of !== logs || step > steps) return `"${message}" was never asked for`;
    const place = (step - 1) * logs + number;
    const before = last.get(attempt);
    const mayFollow = before === undefined ? [1, middle * logs + 1] : [before + 1];
    if (!mayFollow.includes(place)) return `"${message}" follows line ${before ?? 0} of attempt ${attempt}`;
    last.set(attempt, place);
  }
  if (completed === undefined) return undefined;
  const written = last.get(completed) ?? middle * logs;
  if (written === steps * logs) return undefined;
  return `attempt ${completed} completed after line ${written} of ${steps * logs}`;
}
