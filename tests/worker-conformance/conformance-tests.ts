import { afterAll, describe, expect, test } from "bun:test";
import type { Tool } from "../support/tools/index.ts";
import { type Language, languages } from "./languages.ts";
import { patience } from "./patience.ts";
import { applies, type Outcome, type Played, play } from "./play.ts";
import { situations } from "./situations.ts";

/** One kind of worker, and what came of its situations, which are played beside each other when the first test asks. */
class Player {
  readonly worker: Language;
  readonly #tool: Tool;
  #played: Played | undefined;

  constructor(worker: Language, tool: Tool) {
    this.worker = worker;
    this.#tool = tool;
  }

  get outcomes(): ReadonlyMap<string, Promise<Outcome>> {
    this.#played ??= play(this.worker, this.#tool, situations);
    return this.#played.outcomes;
  }

  /** Comes back when no worker runs any more. */
  async cleared(): Promise<void> {
    await this.#played?.cleared;
  }
}

/**
 * A test for each situation that concerns a worker of a language, and one of all together.
 * @param claim the name of the latter
 */
export async function conformanceTests(language: keyof typeof languages, claim: string): Promise<void> {
  const players = (await Promise.all((languages[language] ?? []).map(prepare))).filter((each) => each !== undefined);
  for (const player of players) testsOf(player);
  afterAll(async () => void (await Promise.all(players.map((player) => player.cleared()))));
  test(
    claim,
    async () => {
      const wrong: string[] = [];
      for (const { worker, outcomes } of players) {
        for (const [id, outcome] of outcomes) if ((await outcome) !== "passed") wrong.push(`${worker.name}: ${id}`);
      }
      expect(wrong).toEqual([]);
    },
    20 * patience,
  );
}

async function prepare(worker: Language): Promise<Player | undefined> {
  try {
    const tool = await worker.prepare();
    console.log(`Worker conformance: ${worker.name} runs`);
    return new Player(worker, tool);
  } catch (error) {
    console.log(`Worker conformance: ${worker.name} does not run: ${String(error)}`);
    return undefined;
  }
}

function testsOf(player: Player): void {
  describe(player.worker.name, () => {
    for (const situation of situations) {
      if (!applies(situation, player.worker)) continue;
      test(`${situation.id}: ${situation.title}`, async () => {
        expect(await player.outcomes.get(situation.id)).toBe("passed");
      });
    }
  });
}
