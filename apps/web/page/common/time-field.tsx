import { timePattern } from "./format.ts";

/** A time in UTC, written as everywhere on the page: what browsers have for times is in the form and the zone of the person. */
export function TimeField(attributes: preact.JSX.InputHTMLAttributes) {
  return (
    <input
      type="text"
      class="time"
      placeholder="YYYY-MM-DD hh:mm"
      title="A time in UTC: 2026-01-31 12:34"
      pattern={timePattern}
      autocomplete="off"
      {...attributes}
    />
  );
}
