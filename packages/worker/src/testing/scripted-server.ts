import { createHash } from "node:crypto";
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import {
  type Assign,
  type Event__Output,
  type Hello__Output,
  protocolVersion,
  type ResultChunk__Output,
  type ServerMessage,
  type Welcome,
  type WorkerMessage__Output,
  WorkerService,
  type WorkerServiceHandlers,
} from "@uws/protocol";
import { withResolvers } from "../with-resolvers.ts";
import { Mailbox } from "./mailbox.ts";

type Call = ServerDuplexStream<WorkerMessage__Output, ServerMessage>;
type Kind = NonNullable<WorkerMessage__Output["message"]>;
type MessageOf<K extends Kind> = NonNullable<WorkerMessage__Output[K]>;

export interface ReceivedUpload {
  readonly id: string;
  readonly mediaType: string;
  readonly attemptToken: string;
  readonly data: Buffer;
  readonly authorization: string | undefined;
}

export interface ReceivedDownload {
  readonly attemptToken: string;
  readonly name: string;
  readonly offset: number;
  readonly authorization: string | undefined;
}

/**
 * A gateway that does nothing by itself: each test says what it answers, and when. It knows workers by their address
 * only, so that workers in any language can be driven with it.
 */
export class ScriptedServer {
  readonly #streams = new Mailbox<ScriptedStream>("a Work stream");
  readonly #all: ScriptedStream[] = [];
  readonly uploads = new Mailbox<ReceivedUpload>("an upload");
  readonly downloads = new Mailbox<ReceivedDownload>("a download");
  /** What uploaded parameters hold, by name. */
  readonly files = new Map<string, Uint8Array>();
  /** Break the next uploads after their first data, the next downloads after their first chunk: one status code for each. */
  readonly uploadFailures: status[] = [];
  readonly downloadFailures: status[] = [];
  /** Refuse the next streams with these. */
  readonly refusals: { code: status; details: string }[] = [];
  readonly #credentials: ServerCredentials;
  #server: Server | undefined;
  #port = 0;

  /** @param credentials plain text unless told otherwise */
  constructor(credentials = ServerCredentials.createInsecure()) {
    this.#credentials = credentials;
  }

  /** Starts on a free port, or again on the one that it had. */
  async start(): Promise<this> {
    const server = new Server({
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
      "grpc.max_send_message_length": 64 * 1024 * 1024,
    });
    server.addService(WorkerService.service, {
      Work: (call: Call) => this.#work(call),
      UploadResult: (call, answer) => void this.#upload(call, answer),
      DownloadParameter: (call) => this.#download(call),
    } satisfies WorkerServiceHandlers);
    this.#port = await new Promise<number>((resolve, reject) => {
      server.bindAsync(`127.0.0.1:${this.#port}`, this.#credentials, (error, port) =>
        error ? reject(error) : resolve(port),
      );
    });
    this.#server = server;
    return this;
  }

  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  /** The next stream that a worker opens. */
  stream(): Promise<ScriptedStream> {
    return this.#streams.take();
  }

  /** The next stream, after Hello and Welcome. */
  async welcomed(welcome: Welcome = {}): Promise<ScriptedStream> {
    const stream = await this.stream();
    await stream.take("hello");
    stream.welcome(welcome);
    await stream.take("credit");
    return stream;
  }

  /** Ends all jobs that were accepted, so that a worker can stop without waiting for the server's answer. */
  endEverything(): void {
    const tokens = this.#all.flatMap((stream) => [...stream.accepted]);
    for (const token of tokens) this.#all.at(-1)?.ended(token);
  }

  /** Dies like a killed process: every connection breaks. `start()` brings it back. */
  kill(): void {
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  #work(call: Call): void {
    const refusal = this.refusals.shift();
    if (refusal) {
      call.emit("error", refusal);
      return;
    }
    const stream = new ScriptedStream(call);
    this.#all.push(stream);
    this.#streams.put(stream);
  }

  async #upload(
    call: AsyncIterable<ResultChunk__Output> & { metadata: Metadata },
    answer: (error: { code: status; details: string } | null, stored?: object) => void,
  ): Promise<void> {
    let header: ResultChunk__Output["header"];
    const data: Buffer[] = [];
    try {
      for await (const chunk of call) {
        if (chunk.header) header = chunk.header;
        if (!chunk.data) continue;
        data.push(chunk.data);
        const failure = this.uploadFailures.shift();
        if (failure !== undefined) {
          answer({ code: failure, details: "as the test wants it" });
          return;
        }
      }
    } catch {
      return; // The worker cancelled the upload.
    }
    const bytes = Buffer.concat(data);
    const { id = "", mediaType = "", attemptToken = "" } = header ?? {};
    this.uploads.put({ id, mediaType, attemptToken, data: bytes, authorization: bearer(call.metadata) });
    answer(null, { id, size: bytes.length, sha256: createHash("sha256").update(bytes).digest() });
  }

  #download(call: Parameters<WorkerServiceHandlers["DownloadParameter"]>[0]): void {
    const { attemptToken, name, offset } = call.request;
    this.downloads.put({ attemptToken, name, offset, authorization: bearer(call.metadata) });
    const bytes = this.files.get(name);
    if (!bytes) {
      call.emit("error", { code: status.NOT_FOUND, details: `no file ${name}` });
      return;
    }
    const failure = this.downloadFailures.shift();
    for (let start = offset; start < bytes.length; start += 1_000) {
      call.write({ data: bytes.subarray(start, start + 1_000) });
      if (failure !== undefined) {
        call.emit("error", { code: failure, details: "as the test wants it" });
        return;
      }
    }
    call.end();
  }
}

/** One Work stream, seen from the server. */
export class ScriptedStream {
  readonly #call: Call;
  readonly #received = new Mailbox<WorkerMessage__Output>("a message");
  /** The tokens of the jobs that the worker accepted on this stream. */
  readonly accepted = new Set<string>();
  #acknowledging = false;
  readonly authorization: string | undefined;
  /** Resolves when the worker's side is gone. */
  readonly gone: Promise<void>;

  constructor(call: Call) {
    this.#call = call;
    this.authorization = bearer(call.metadata);
    const { promise, resolve } = withResolvers<void>();
    this.gone = promise;
    call.on("data", (message: WorkerMessage__Output) => {
      if (message.accept) this.accepted.add(message.accept.attemptToken);
      if (message.event && this.#acknowledging) this.acknowledge(message.event.attemptToken, message.event.sequence);
      this.#received.put(message);
    });
    call.on("error", () => {});
    call.on("cancelled", resolve);
    call.on("end", () => {
      call.end();
      resolve();
    });
  }

  /** The next message of this kind; messages of other kinds wait to be taken. */
  async take<K extends Kind>(kind: K, match: (message: MessageOf<K>) => boolean = () => true): Promise<MessageOf<K>> {
    const of = (received: WorkerMessage__Output) => received[kind] as MessageOf<K> | null | undefined;
    const received = await this.#received.take((candidate) => {
      const message = of(candidate);
      return message !== null && message !== undefined && match(message);
    });
    return of(received) as MessageOf<K>;
  }

  /** Messages of this kind that were received and not taken. */
  untaken<K extends Kind>(kind: K): MessageOf<K>[] {
    return this.#received
      .items()
      .flatMap((received) => (received.message === kind ? [received[kind] as MessageOf<K>] : []));
  }

  /** Takes all messages of this kind that were received. */
  takeAll<K extends Kind>(kind: K): MessageOf<K>[] {
    const messages = this.untaken(kind);
    this.#received.drop((received) => received.message === kind);
    return messages;
  }

  /** All events up to the one that matches, in the order in which they came. */
  async eventsUntil(match: (event: Event__Output) => boolean): Promise<Event__Output[]> {
    const events: Event__Output[] = [];
    for (;;) {
      const event = await this.take("event");
      events.push(event);
      if (match(event)) return events;
    }
  }

  send(message: ServerMessage): void {
    this.#call.write(message);
  }

  /** Answers Hello. Without other word every held token is valid as far as the worker says it was acknowledged. */
  welcome(welcome: Welcome = {}, hello?: Hello__Output): void {
    this.send({
      welcome: {
        protocolVersion,
        sessionId: "scripted",
        leaseMs: 30_000,
        heartbeatMs: 10_000,
        acceptTimeoutMs: 5_000,
        maxMessageBytes: 4 * 1024 * 1024,
        maxInlineResultBytes: 1_024,
        held: (hello?.held ?? []).map((held) => ({ ...held, valid: true })),
        ...welcome,
      },
    });
  }

  assign(assign: Assign & { attemptToken: string }): void {
    this.send({
      assign: { jobId: `job-${assign.attemptToken}`, jobType: "test", jobTypeVersion: "1.0.0", attempt: 1, ...assign },
    });
  }

  /** Assigns, and waits until the worker has accepted. */
  async run(assign: Assign & { attemptToken: string }): Promise<void> {
    this.assign(assign);
    await this.take("accept", ({ attemptToken }) => attemptToken === assign.attemptToken);
  }

  /** From now on each event is acknowledged as it comes. */
  acknowledgeEverything(): void {
    this.#acknowledging = true;
  }

  acknowledge(attemptToken: string, sequence: number): void {
    this.send({ eventAck: { attemptToken, sequence } });
  }

  ended(attemptToken: string): void {
    this.send({ ended: { attemptToken } });
  }

  /** Breaks this stream and leaves the connection. */
  cut(): void {
    this.#call.emit("error", { code: status.UNAVAILABLE, details: "cut by the test" });
  }
}

function bearer(metadata: Metadata): string | undefined {
  return metadata.get("authorization")[0]?.toString();
}
