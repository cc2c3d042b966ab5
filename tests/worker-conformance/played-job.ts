import assert from "node:assert/strict";
import type { Assign, Event__Output, Parameter, WorkerMessage__Output } from "@uws/protocol";
import type { ScriptedStream } from "@uws/worker/testing";

type Kind = Exclude<keyof WorkerMessage__Output, "message" | "hello" | "credit" | "heartbeat" | "draining">;
type MessageOf<K extends Kind> = NonNullable<WorkerMessage__Output[K]>;

const ends = ["complete", "fail", "cancelled", "release"] as const;

/** A job that was assigned to the worker, seen from the gateway. */
export class PlayedJob {
  readonly token: string;
  /** The stream that the worker has now. */
  stream: ScriptedStream;

  private constructor(stream: ScriptedStream, token: string) {
    this.stream = stream;
    this.token = token;
  }

  /** Assigns a job of these steps. */
  static assign(stream: ScriptedStream, steps: readonly string[], assign: Assign = {}): PlayedJob {
    const attemptToken = `token-${crypto.randomUUID()}`;
    const parameters: Parameter[] = [...(assign.parameters ?? []), ...steps.map((value) => ({ name: "DO", value }))];
    stream.assign({ jobType: "conformance", ...assign, attemptToken, parameters });
    return new PlayedJob(stream, attemptToken);
  }

  /** Assigns a job, and waits until it is accepted. */
  static async run(stream: ScriptedStream, steps: readonly string[], assign?: Assign): Promise<PlayedJob> {
    const job = PlayedJob.assign(stream, steps, assign);
    await job.take("accept");
    return job;
  }

  /** The next message of this kind about this job. */
  async take<K extends Kind>(kind: K, match: (message: MessageOf<K>) => boolean = () => true): Promise<MessageOf<K>> {
    const ours = (message: MessageOf<K>) => message.attemptToken === this.token && match(message);
    return (await this.stream.take(kind, ours as never)) as MessageOf<K>;
  }

  /** What came about this job and was not taken. */
  untaken<K extends Kind>(kind: K): MessageOf<K>[] {
    return (this.stream.untaken(kind) as MessageOf<K>[]).filter(({ attemptToken }) => attemptToken === this.token);
  }

  /** The job has ended in no way so far. */
  assertNotEnded(): void {
    assert.deepEqual(
      ends.flatMap((kind) => this.untaken(kind)),
      [],
      "the job must not have ended",
    );
  }

  /**
   * The job ends with Complete, and that is answered.
   * @returns the events that came and were not taken, in their order
   */
  async completed(): Promise<Event__Output[]> {
    const { lastSequence } = await this.#end("complete");
    const events = this.untaken("event");
    assert.equal(lastSequence, events.at(-1)?.sequence ?? lastSequence, "last_sequence of Complete");
    this.stream.ended(this.token);
    return events;
  }

  /** The job ends with Fail, and that is answered. */
  async failed(): Promise<MessageOf<"fail">> {
    const fail = await this.#end("fail");
    this.stream.ended(this.token);
    return fail;
  }

  /** The job ends with Cancelled, and that is answered. */
  async cancelled(): Promise<void> {
    await this.#end("cancelled");
    this.stream.ended(this.token);
  }

  /** The job ends with Release, and that is answered. */
  async released(): Promise<MessageOf<"release">> {
    const release = await this.#end("release");
    this.stream.ended(this.token);
    return release;
  }

  /** Any end is waited for, so that a wrong one is told at once. */
  async #end<K extends (typeof ends)[number]>(kind: K): Promise<MessageOf<K>> {
    const message = await this.stream.takeOneOf(ends, this.token);
    const end = message[kind];
    assert(end, `the job should have ended with ${kind}: ${JSON.stringify(message)}`);
    return end as MessageOf<K>;
  }

  /** Waits for so many heartbeats from now on: what the worker was told before has then been heard. */
  async heartbeats(count = 3): Promise<string[][]> {
    return (await this.stream.watch("heartbeat", count)).map(({ attemptTokens }) => attemptTokens);
  }

  /** The worker holds it no longer, as its heartbeats say soon: those under way may still name it. */
  async assertForgotten(): Promise<void> {
    for (let beats = 0; beats < 50; beats++) {
      const [heartbeat] = await this.heartbeats(1);
      if (!heartbeat?.includes(this.token)) return;
    }
    assert.fail("heartbeats go on to name a job that the worker no longer holds");
  }
}
