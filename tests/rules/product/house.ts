import { type Rule, shown, without } from "../rule.ts";

const layoutTest = "tests/rules/layout.test.ts";

/** "Layout": who may know whom. */
export const layout: readonly Rule[] = [
  {
    id: "layout-core",
    rule: "core imports nothing of ours.",
    tests: [shown(layoutTest, "arrows run one way: packages import no app, and core nothing of ours")],
    mutation: [
      without(
        "packages/core/src/clock.ts",
        "export interface Clock {",
        'import type { Config } from "@uws/config";\nexport interface Clock {',
      ),
    ],
  },
  {
    id: "layout-one-way",
    rule: "Packages import no app.",
    tests: [shown(layoutTest, "arrows run one way: packages import no app, and core nothing of ours")],
    mutation: [
      without(
        "packages/store/src/queries/ping.ts",
        'import type { Store } from "../store.ts";',
        'import "@uws/keeper";\nimport type { Store } from "../store.ts";',
      ),
    ],
  },
  {
    id: "layout-strangers",
    rule: "representation knows no HTTP, store no XML, the gateway no Elysia.",
    tests: [shown(layoutTest, "representation knows no HTTP, store no XML, the gateway no Elysia")],
    mutation: [
      without(
        "apps/gateway/src/index.ts",
        'export type { GatewayDependencies } from "./dependencies.ts";',
        'import "elysia";\nexport type { GatewayDependencies } from "./dependencies.ts";',
      ),
    ],
  },
];

/** "The two examples that every release must run". */
export const examples: readonly Rule[] = [
  {
    id: "example-crossmatch",
    rule: "crossmatch: a table of positions and a radius go up; result, csv and chart come back.",
    tests: [shown("tests/main-job/crossmatch.test.ts", "the Messier objects, from upload to results")],
    mutation: [
      without("apps/workers/crossmatch/src/handler.ts", 'await job.result("csv", () => writeCsv(output), "text/csv");'),
    ],
  },
  {
    id: "example-simulate",
    rule: "simulate: takes its time, reports its steps, leaves its results.",
    tests: [
      shown(
        "apps/workers/simulate/src/simulate.test.ts",
        "it takes its time, reports progress, and leaves results on the way",
      ),
    ],
    mutation: [
      without("apps/workers/simulate/src/handler.ts", "await pause(job, options.durationMs / steps, step - 1);"),
    ],
  },
  {
    id: "example-simulate-ends",
    rule: "simulate: ends in an error, as it is told.",
    tests: [shown("apps/workers/simulate/src/simulate.test.ts", "OUTCOME=%s fails")],
    mutation: [
      without("apps/workers/simulate/src/handler.ts", 'if (outcome === "fatal") {', 'if (outcome === "crash") {'),
    ],
  },
  {
    id: "example-simulate-crash",
    rule: "simulate: ends in a crash.",
    tests: [
      shown("apps/workers/simulate/src/simulate.test.ts", "OUTCOME=crash kills the worker's process in the middle"),
    ],
    mutation: [
      without("apps/workers/simulate/src/handler.ts", 'if (outcome === "crash") process.kill(process.pid, "SIGKILL");'),
    ],
  },
  {
    id: "example-simulate-silence",
    rule: "simulate: ends in silence.",
    tests: [
      shown(
        "tests/faults/failing-workers.test.ts",
        "a job that hangs, deaf to its cancellation, is aborted when its execution duration is over",
      ),
    ],
    mutation: [
      without(
        "apps/workers/simulate/src/handler.ts",
        'if (outcome === "crash" || outcome === "hang") await',
        'if (outcome === "crash") await',
      ),
    ],
  },
  {
    id: "example-simulate-unknown",
    rule: "simulate: parameters that it does not know are allowed, and echoed.",
    tests: [
      shown(
        "apps/workers/simulate/src/simulate.test.ts",
        "it takes its time, reports progress, and leaves results on the way",
      ),
    ],
    mutation: [
      without(
        "apps/workers/simulate/src/handler.ts",
        "    .entries()\n    .map(",
        '    .entries()\n    .filter(({ name }) => name !== "color")\n    .map(',
      ),
    ],
  },
];

/** The table of what django-uws learned or missed, as far as it promises what stands nowhere else. */
export const promises: readonly Rule[] = [
  {
    id: "promise-pools",
    rule: "A CPU-heavy job runs in a process of its own.",
    tests: [
      shown(
        "packages/worker/src/job-process/job-process.test.ts",
        "a process that exits fails its job with the status and the end of stderr, and the worker goes on",
      ),
    ],
    mutation: [
      without(
        "packages/worker/src/job-process/crash.ts",
        "return `the job's process ended with exit status ${code}`;",
        'return "the job failed";',
      ),
    ],
  },
  {
    id: "promise-patch",
    rule: "A worker without gRPC may PATCH its job as JSON, with a token per job.",
    tests: [
      shown(
        "apps/api/src/workers/update-job.test.ts",
        "a worker whose job was aborted is fenced, and nothing of what it says is stored",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/workers/store-update.ts",
        "  if (renewed === undefined) throw fenced();",
        '  if (renewed === undefined) return { phase: "EXECUTING", sequence: 0 };',
      ),
    ],
  },
  {
    id: "promise-grants",
    rule: "Rights may be given per job.",
    tests: [
      shown(
        "apps/api/src/resources/grants.test.ts",
        "who was granted to look at a job looks at all of it, and changes nothing",
      ),
    ],
    mutation: [without("apps/api/src/exchange.ts", 'if (changes && access === "read")', "if (false)")],
  },
  {
    id: "promise-user-tokens",
    rule: "Clients may have tokens with scopes instead of a password.",
    tests: [
      shown("apps/api/src/user-tokens.test.ts", "a token for reading changes nothing"),
      shown("apps/api/src/user-tokens.test.ts", "a token for some services is refused by the others"),
    ],
    mutation: [
      without("apps/api/src/service-routes.ts", "        refuseBeyondScope(caller, changes, service.path);\n"),
    ],
  },
  {
    id: "promise-web",
    rule: "A web page lists jobs, shows live progress, and draws forms.",
    tests: [
      shown(
        "tests/browser/web-page-table.test.ts",
        "a job is run, its progress comes by the list alone, and it is aborted after a question",
      ),
      shown(
        "tests/browser/web-page-job.test.ts",
        "phase, progress, log and results come as they happen, and all of it is text",
      ),
    ],
    mutation: [
      without(
        "apps/web/page/jobs/use-job-page.ts",
        "const timer = setTimeout(() => void load(), pace);",
        "const timer = 0;",
      ),
      without(
        "apps/web/page/job/job-follower.ts",
        'if (event.type === "progress") this.#tellProgress(event);',
        'if (event.type === "progress") continue;',
      ),
    ],
  },
];
