import type { Assign, Hello__Output } from "@uws/protocol";
import type { ScriptedServer, ScriptedStream } from "@uws/worker/testing";
import type { Language } from "./languages.ts";
import { PlayedJob } from "./played-job.ts";
import type { Stage } from "./stage.ts";

/** What the gateway says to the worker that many situations share. */
export const sharedWelcome = {
  leaseMs: 30_000,
  heartbeatMs: 200,
  acceptTimeoutMs: 5_000,
  maxMessageBytes: 4 * 1024 * 1024,
  maxInlineResultBytes: 1_024,
  maxResultBytes: 1_000_000,
};

export const sharedSlots = 64;
export const sharedToken = "a-token-of-the-kit";
export const sharedInstance = "an-instance-of-the-kit";

/** One worker and its one stream, for situations that concern their own jobs only. Every event is acknowledged. */
export class SharedWorker {
  readonly server: ScriptedServer;
  readonly stream: ScriptedStream;
  readonly hello: Hello__Output;
  /** As the worker said after Welcome. */
  readonly totalSlots: number;
  readonly #stage: Stage;

  private constructor(stage: Stage, stream: ScriptedStream, hello: Hello__Output, totalSlots: number) {
    this.server = stage.server;
    this.stream = stream;
    this.hello = hello;
    this.totalSlots = totalSlots;
    this.#stage = stage;
  }

  static async start(stage: Stage): Promise<SharedWorker> {
    const env = { UWS_SLOTS: String(sharedSlots), UWS_TOKEN: sharedToken, UWS_INSTANCE: sharedInstance };
    const stream = await stage.unlessEnded(await stage.start(env), stage.server.stream());
    const hello = await stream.take("hello");
    stream.acknowledgeEverything();
    stream.welcome(sharedWelcome);
    const { totalSlots } = await stream.take("credit");
    return new SharedWorker(stage, stream, hello, totalSlots);
  }

  get language(): Language {
    return this.#stage.language;
  }

  /** Assigns a job, and waits until it is accepted. */
  async run(steps: readonly string[], assign?: Assign): Promise<PlayedJob> {
    return await PlayedJob.run(this.stream, steps, assign);
  }

  path(): string {
    return this.#stage.path();
  }

  async touch(path: string): Promise<void> {
    await this.#stage.touch(path);
  }

  async written(path: string): Promise<string> {
    return await this.#stage.written(path);
  }
}
