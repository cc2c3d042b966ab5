import { type Rule, shown, without } from "../rule.ts";

const commands = "packages/store/src/commands";
const together = "packages/store/src/keepers-together.test.ts";

/** The sweeps of the keeper that change jobs, by the file of their statement, and how each leaves out what another is at. */
const sweeps = {
  "lose-leases": ["for update skip locked", "leases that ran out"],
  "mark-silent": ["for update skip locked", "silent workers"],
  "expire-attempts": ["for update skip locked", "execution durations"],
  "unclaim-jobs": ["for update skip locked", "assignments that nobody accepted"],
  "redispatch-jobs": ["for update skip locked", "messages that nobody claimed"],
  "destroy-jobs": ["for update skip locked", "destruction times"],
} as const;

/** "Processes": what each of them does, and how several get along. */
export const processes: readonly Rule[] = [
  ...Object.entries(sweeps).map(
    ([file, [text, what]]): Rule => ({
      id: `keepers-${file}`,
      rule: `Two keepers never do the same thing twice: ${what}.`,
      tests: [shown(together, "what one keeper is at work on, another passes over: %s", what)],
      mutation: [without(`${commands}/${file}.ts`, text)],
    }),
  ),
  {
    id: "keepers-archive",
    rule: "Two keepers never do the same thing twice: archiving, and the abort before it.",
    tests: [shown(together, "what one keeper is at work on, another passes over: %s")],
    mutation: [
      without(`${commands}/archive-jobs.ts`, "for update of jobs skip locked"),
      without(`${commands}/archive-jobs.ts`, "for update skip locked"),
    ],
  },
  {
    id: "keepers-count-once",
    rule: "A lease that several keepers see run out costs one attempt.",
    tests: [shown(together, "of many keepers that look at once, one loses each lease")],
    mutation: [without(`${commands}/lose-leases.ts`, "limit ${limit}\n      for update skip locked", "limit ${limit}")],
  },
  {
    id: "gateway-credits",
    rule: "The gateway gives a worker jobs against free credits alone.",
    tests: [shown("apps/gateway/src/slots.test.ts", "slots that are said twice are there once")],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        "Math.max(0, this.#credit - this.#held.size - this.#reserved)",
        "this.#credit",
      ),
    ],
  },
  {
    id: "gateway-credits-assigned",
    rule: "What is assigned and not yet accepted takes a credit.",
    tests: [shown("apps/gateway/src/slots.test.ts", "a job that is assigned and not yet accepted takes a slot")],
    mutation: [
      without(
        "apps/gateway/src/session.ts",
        "Math.max(0, this.#credit - this.#held.size - this.#reserved)",
        "Math.max(0, this.#credit - [...this.#held.values()].filter(({ accepted }) => accepted).length)",
      ),
    ],
  },
  {
    id: "gateway-pulls-credits",
    rule: "The gateway takes no more messages from the queue than there are free credits.",
    tests: [shown("apps/gateway/src/queue-messages.test.ts", "no more messages are pulled than there are free slots")],
    mutation: [
      without(
        "apps/gateway/src/puller.ts",
        "queue.pull(this.#type, max, pull.signal)",
        "queue.pull(this.#type, maxPull, pull.signal)",
      ),
    ],
  },
  {
    id: "api-leaves",
    rule: "An api that stops says so at /readyz before it takes no more, so that any number may run behind a balancer.",
    tests: [
      shown(
        "apps/api/src/leaving.test.ts",
        "an api that is to stop says at /readyz that it leaves, and serves on before it does",
      ),
    ],
    mutation: [without("apps/api/src/health.ts", "!api.leaving.aborted && ")],
  },
  {
    id: "api-serves-on",
    rule: "… and serves on for a while (`timing.leave`).",
    tests: [
      shown(
        "apps/api/src/leaving.test.ts",
        "an api that is to stop says at /readyz that it leaves, and serves on before it does",
      ),
    ],
    mutation: [
      without(
        "apps/api/src/start-api.ts",
        "      await new Promise((resolve) => setTimeout(resolve, config.timing.leave));\n",
      ),
    ],
  },
  {
    id: "processes-apart",
    rule: "Api, gateway and keeper run in one process or in one each.",
    tests: [
      shown(
        "tests/main-job/processes-apart.test.ts",
        "api, gateway, keeper and worker in four processes run a job, and stop when they are told",
      ),
    ],
    mutation: [without("apps/uws/src/serve-part.ts", "  keeper: async (house: House) => startKeeper(house),\n")],
  },
];
