import { beforeAll, describe, expect, test } from "bun:test";
import { type Language, languages } from "./languages.ts";
import { applies, type Outcome, play } from "./play.ts";
import { situations } from "./situations.ts";

/** A test for each situation that concerns a worker of a language. All are played beside each other, before the first test. */
export async function conformanceTests(language: keyof typeof languages): Promise<void> {
  for (const worker of languages[language] ?? []) await testsOf(worker);
}

async function testsOf(worker: Language): Promise<void> {
  const tool = await worker.prepare().catch((error: unknown) => {
    console.log(`Worker conformance: ${worker.name} does not run: ${String(error)}`);
  });
  if (!tool) return;
  console.log(`Worker conformance: ${worker.name} runs`);
  describe(worker.name, () => {
    let outcomes: Map<string, Promise<Outcome>>;
    beforeAll(() => {
      outcomes = play(worker, tool, situations);
    });
    for (const situation of situations) {
      if (!applies(situation, worker)) continue;
      test(`${situation.id}: ${situation.title}`, async () => {
        expect(await outcomes.get(situation.id)).toBe("passed");
      });
    }
  });
}
