import type { ProgressRule, Stream } from "./command.ts";

/** How far a line says that the job is. */
export interface Reported {
  /** 0 to 1; undefined where the line tells no number. */
  readonly fraction: number | undefined;
  readonly message: string;
}

/** What a line of a stream says by the first rule that fits; undefined when none does. */
export function progressOf(line: string, stream: Stream, rules: readonly ProgressRule[]): Reported | undefined {
  for (const { from, pattern } of rules) {
    if (from !== "both" && from !== stream) continue;
    const groups = pattern.exec(line)?.groups;
    if (groups !== undefined) return { fraction: fractionOf(groups), message: groups.message?.trim() ?? "" };
  }
  return undefined;
}

function fractionOf({ fraction, percent, step, total }: Readonly<Record<string, string | undefined>>) {
  const told =
    fraction !== undefined
      ? Number(fraction)
      : percent !== undefined
        ? Number(percent) / 100
        : step !== undefined && total !== undefined
          ? Number(step) / Number(total)
          : Number.NaN;
  return Number.isFinite(told) ? Math.min(1, Math.max(0, told)) : undefined;
}
