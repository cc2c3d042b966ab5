/** A line that the worker wrote. */
export interface LogLine {
  readonly attempt: number;
  readonly time: string;
  readonly level: string;
  readonly message: string;
}

/** The newest lines; what came before is only counted. */
export interface Log {
  readonly lines: readonly LogLine[];
  readonly dropped: number;
}

export const emptyLog: Log = { lines: [], dropped: 0 };

/** Lines that the page holds: a job may write ten thousand in each attempt. */
export const longestLog = 1000;

export function withLines({ lines, dropped }: Log, more: readonly LogLine[]): Log {
  const all = [...lines, ...more];
  const over = Math.max(0, all.length - longestLog);
  return { lines: all.slice(over), dropped: dropped + over };
}

/** @returns undefined when it is no line */
export function readLogLine(data: unknown): LogLine | undefined {
  if (typeof data !== "object" || data === null) return undefined;
  const { attempt, time, level, message } = data as Partial<Record<keyof LogLine, unknown>>;
  if (typeof message !== "string") return undefined;
  return {
    attempt: typeof attempt === "number" ? attempt : 0,
    time: typeof time === "string" ? time : "",
    level: typeof level === "string" ? level : "info",
    message,
  };
}
