import type { Tool } from "../../support/tools/index.ts";
import type { Language } from "../../worker-conformance/languages.ts";

/** A worker that is killed now and then, and started again. */
export class MortalWorker {
  readonly language: Language;
  readonly name: string;
  kills = 0;
  /** How often it ended although nobody had killed it. */
  endedByItself = 0;
  readonly #tool: Tool;
  readonly #environment: Readonly<Record<string, string>>;
  #process: Bun.Subprocess | undefined;

  constructor(language: Language, tool: Tool, name: string, environment: Readonly<Record<string, string>>) {
    this.language = language;
    this.name = name;
    this.#tool = tool;
    this.#environment = { ...environment, UWS_NAME: name, UWS_JOBS: language.jobs };
  }

  start(): void {
    const child = Bun.spawn([...this.#tool.command], {
      env: { ...process.env, ...this.#tool.env, ...this.#environment },
      stdio: ["ignore", "ignore", process.env.UWS_TEST_LOG === undefined ? "ignore" : "inherit"],
      onExit: () => {
        if (this.#process === child) this.endedByItself += 1;
      },
    });
    this.#process = child;
  }

  /** kill -9: it can say nothing more. */
  async kill(): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    child?.kill("SIGKILL");
    await child?.exited;
  }

  async killAndStart(): Promise<void> {
    this.kills += 1;
    await this.kill();
    this.start();
  }
}
