import { afterAll, beforeAll, expect, test } from "bun:test";
import { type JobReference, limits, type Parameter, type Phase } from "@uws/core";
import { testDatabase } from "@uws/testing";
import * as fc from "fast-check";
import {
  type JobListFilter,
  type ListPosition,
  listJobs,
  listJobsPage,
  migrate,
  openStore,
  type Store,
} from "./index.ts";

let store: Store;
let drop: () => Promise<void>;

type Row = Required<Pick<JobReference, "id" | "phase" | "creationTime" | "type">> & {
  owner: string | null;
  /** Whether "bob" may look at it. */
  granted: boolean;
  runId: string | null;
  parameters: Parameter[];
};
/** All jobs, newest first. */
let rows: Row[];

beforeAll(async () => {
  const database = await testDatabase();
  drop = database.drop;
  await migrate(database.url);
  store = openStore({ url: database.url });
  const { sql } = store;
  await sql`insert into descriptions (digest, type, version, document, creation_time) values ('d', 't', '1', '{}', now())`;
  // Of "ada" more than a page looks at; several share each millisecond.
  await sql`
    insert into jobs (id, service, type, description, phase, owner, run_id, creation_time, execution_duration, parameters, max_attempts)
    select gen_random_uuid(), case when n % 50 = 0 then 'other' else 's' end, 't' || n % 2, 'd',
      (enum_range(null::phase))[1 + n % 7 * n % 10], case when n % 11 = 0 then 'bob' when n % 9 > 0 then 'ada' end,
      case when n % 4 > 0 then 'r' || n % 4 end,
      timestamptz '2026-01-01Z' + n / 5 * interval '1 millisecond', 0,
      jsonb_build_array(
        jsonb_build_object('name', case when n % 2 = 0 then 'Band' else 'BAND' end, 'value', (n % 5)::text),
        jsonb_build_object('name', 'N', 'value', n::text),
        jsonb_build_object('name', 'FILE', 'upload', jsonb_build_object('key', 'k', 'size', 1))), 3
    from generate_series(1, 14000) as n`;
  await sql`
    insert into job_grants (job_id, grantee, write, job_service, job_creation_time)
    select id, 'bob', false, service, creation_time from jobs where owner = 'ada' and right(id::text, 1) < '6'`;
  await sql`analyze jobs`;
  rows = await sql<Row[]>`
    select id, phase, owner, run_id as "runId", creation_time as "creationTime", type, parameters,
      exists (select from job_grants where job_id = id) as granted
    from jobs where service = 's' order by creation_time desc, id desc`;
});
afterAll(async () => {
  await store.close();
  await drop();
});

/** What the list is by its definition. */
function expected(filter: JobListFilter): string[] {
  const { owner, granted, phases, after, before, runId, type, parameters = [], last } = filter;
  const fitting = rows.filter(
    (row) =>
      (row.owner === owner || (granted !== undefined && row.granted && [undefined, row.owner].includes(granted.of))) &&
      (phases.length === 0 ? row.phase !== "ARCHIVED" : phases.includes(row.phase)) &&
      (after === undefined || row.creationTime > after) &&
      (before === undefined || row.creationTime < before) &&
      (runId === undefined || row.runId === runId) &&
      (type === undefined || row.type === type) &&
      parameters.every(({ name, value }) =>
        row.parameters.some(
          (given) => given.name.toLowerCase() === name.toLowerCase() && "value" in given && given.value === value,
        ),
      ),
  );
  return fitting.slice(0, last).map(({ id }) => id);
}

const phases: Phase[] = ["PENDING", "QUEUED", "EXECUTING", "COMPLETED", "ERROR", "ARCHIVED"];
const time = fc.integer({ min: -10, max: 2900 }).map((milliseconds) => new Date(Date.UTC(2026, 0, 1) + milliseconds));
const optional = <T>(arbitrary: fc.Arbitrary<T>) => fc.option(arbitrary, { nil: undefined, freq: 2 });
const bob = { to: "bob" };
const whose = fc.constantFrom<Pick<JobListFilter, "owner" | "granted">>(
  ...[{ owner: "ada" }, { owner: null }, { owner: "bob" }, { owner: "bob", granted: bob }],
  ...[
    { owner: undefined, granted: { ...bob, of: "ada" } },
    { owner: undefined, granted: { ...bob, of: "eve" } },
  ],
);
const others: fc.Arbitrary<Omit<JobListFilter, "owner" | "granted">> = fc.record({
  service: fc.constant("s"),
  phases: fc.uniqueArray(fc.constantFrom(...phases), { maxLength: 4 }),
  after: optional(time),
  before: optional(time),
  runId: optional(fc.constantFrom("r1", "r2", "none")),
  type: optional(fc.constantFrom("t0", "t1", "t2")),
  parameters: optional(
    fc.array(
      fc.record({
        name: fc.constantFrom("band", "Band", "n", "file", "none"),
        value: fc.constantFrom("1", "3", "k", "17"),
      }),
      { maxLength: 2 },
    ),
  ),
  last: optional(fc.integer({ min: 1, max: 5000 })),
});
const filters: fc.Arbitrary<JobListFilter> = fc
  .tuple(whose, others)
  .map(([whose, others]) => ({ ...others, ...whose }));

test("a list is what its filters say, newest first, streamed or in pages of any size", async () => {
  await fc.assert(
    fc.asyncProperty(filters, fc.integer({ min: 100, max: 1000 }), async (filter, size) => {
      const ids = expected(filter);
      const streamed: string[] = [];
      for await (const batch of listJobs(store, filter, size)) {
        expect(batch.length).toBeLessThanOrEqual(size);
        streamed.push(...batch.map(({ id }) => id));
      }
      expect(streamed).toEqual(ids);
      const paged: string[] = [];
      let from: ListPosition | undefined;
      do {
        const page = await listJobsPage(store, filter, size, from);
        expect(page.jobs.length).toBeLessThanOrEqual(size);
        paged.push(...page.jobs.map(({ id }) => id));
        from = page.next;
      } while (from !== undefined);
      expect(paged).toEqual(ids);
    }),
    { numRuns: 150 },
  );
}, 120_000);

test("a page of small limit goes on in the middle of a millisecond, and the last page knows that it is the last", async () => {
  const filter = { service: "s", owner: "ada", phases: [], last: 12 };
  const ids: string[][] = [];
  let from: ListPosition | undefined;
  do {
    const { jobs, next } = await listJobsPage(store, filter, 3, from);
    ids.push(jobs.map(({ id }) => id));
    from = next;
  } while (from !== undefined);
  expect(ids.map(({ length }) => length)).toEqual([3, 3, 3, 3]);
  expect(ids.flat()).toEqual(expected(filter));
});

test("a page that finds nothing ends after so many rows, and says where to go on", async () => {
  const filter = { service: "s", owner: "ada", phases: [], parameters: [{ name: "n", value: "1" }] };
  const first = await listJobsPage(store, filter, 10);
  expect(first.jobs).toEqual([]);
  const looked = rows.filter(({ owner, phase }) => owner === "ada" && phase !== "ARCHIVED")[limits.listScan - 1];
  expect(first.next).toEqual({ time: looked?.creationTime, id: looked?.id, remaining: undefined } as ListPosition);
  const second = await listJobsPage(store, filter, 10, first.next);
  expect(second).toMatchObject({ jobs: expected(filter).map((id) => ({ id })), next: undefined });
});
