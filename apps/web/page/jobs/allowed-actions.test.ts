import { expect, test } from "bun:test";
import { remotePhases } from "@uws/client";
import { allowedActions, isActive } from "./allowed-actions.ts";

test("what can be done to a job depends on its phase", () => {
  expect(Object.fromEntries(remotePhases.map((phase) => [phase, allowedActions(phase).join(" ")]))).toEqual({
    PENDING: "run abort delete",
    QUEUED: "abort delete",
    EXECUTING: "abort delete",
    COMPLETED: "archive delete",
    ERROR: "archive delete",
    ABORTED: "archive delete",
    UNKNOWN: "abort delete",
    HELD: "run abort delete",
    SUSPENDED: "abort delete",
    ARCHIVED: "delete",
  });
});

test("jobs that wait for their client do not change by themselves", () => {
  expect(remotePhases.filter((phase) => isActive({ phase }))).toEqual(["QUEUED", "EXECUTING", "UNKNOWN", "SUSPENDED"]);
});
