import { formatTime } from "./format.ts";

/** A time, or a dash where there is none. */
export function Time({ time }: { readonly time: Date | undefined }) {
  if (time === undefined) return <>–</>;
  return <time dateTime={time.toISOString()}>{formatTime(time)}</time>;
}
