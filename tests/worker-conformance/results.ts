import assert from "node:assert/strict";
import type { Event__Output } from "@uws/protocol";

/** The bytes of a small result that came in an event. */
export function inlineResult(events: readonly Event__Output[], id: string): Buffer {
  const found = events.flatMap(({ result }) => (result?.id === id ? [result] : []));
  assert.equal(found.length, 1, `one result ${id} should have come: ${JSON.stringify(events)}`);
  const content = found[0]?.inline;
  assert(content, `the result ${id} should have come in its event`);
  return content;
}

export function jsonResult(events: readonly Event__Output[], id: string): unknown {
  return JSON.parse(inlineResult(events, id).toString());
}
