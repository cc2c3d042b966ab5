/**
 * The contract in order, a test for each clause, over real HTTP against a running server with running workers. Each part
 * registers the clauses of some sections; docs/conformance.md is made from them.
 *
 * Another server is looked at by its URL: UWS_TEST_SUBJECT=http://host/service/async, see subject.ts.
 */
import { afterAll, beforeAll, describe } from "bun:test";
import { createAndControl } from "./create-and-control.ts";
import { jobLists } from "./job-lists.ts";
import { jobs } from "./jobs.ts";
import { parametersAndResults } from "./parameters-and-results.ts";
import { representations } from "./representations.ts";
import { stopSubject, subject } from "./subject.ts";
import { syncAndVosi } from "./sync-and-vosi.ts";
import { waiting } from "./waiting.ts";

beforeAll(async () => {
  await subject();
});
afterAll(() => stopSubject());

describe("job lists", jobLists);
describe("jobs", jobs);
describe("parameters and results", parametersAndResults);
describe("waiting", waiting);
describe("creating and controlling", createAndControl);
describe("sync and VOSI", syncAndVosi);
describe("representations", representations);
