import { createHash } from "node:crypto";
import { type Metadata, Server, ServerCredentials, type ServerDuplexStream, status } from "@grpc/grpc-js";
import { type GrpcListener, listen } from "@uws/grpc-listener";
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
  /** As the header has it; 0 = unknown. */
  readonly size: number;
  /** As the worker says. */
  readonly sha256: Buffer;
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
  readonly #streams: Mailbox<ScriptedStream>;
  readonly #all: ScriptedStream[] = [];
  readonly #patienceMs: number | undefined;
  readonly uploads: Mailbox<ReceivedUpload>;
  readonly downloads: Mailbox<ReceivedDownload>;
  /** What uploaded parameters hold, by name. */
  readonly files = new Map<string, Uint8Array>();
  /** Break the next uploads after their first data, the next downloads after their first chunk: one status code for each. */
  readonly uploadFailures: status[] = [];
  readonly downloadFailures: status[] = [];
  /** Refuse the next streams with these. */
  readonly refusals: { code: status; details: string }[] = [];
  /** When each refused stream came, by performance.now(). */
  readonly refused: Mailbox<number>;
  /** Uploads are answered when this has resolved. */
  beforeStored: (upload: ReceivedUpload) => Promise<void> = async () => {};
  /** Bytes of the longest message that a worker has sent, of whatever kind. */
  longestMessage = 0;
  readonly #credentials: ServerCredentials;
  #server: Server | undefined;
  #listener: GrpcListener | undefined;
  #port = 0;

  /**
   * @param credentials plain text unless told otherwise
   * @param patienceMs how long it waits for what a worker should do, 10 s unless told otherwise
   */
  constructor(credentials = ServerCredentials.createInsecure(), patienceMs?: number) {
    this.#credentials = credentials;
    this.#patienceMs = patienceMs;
    this.#streams = new Mailbox("a Work stream", patienceMs);
    this.uploads = new Mailbox("an upload", patienceMs);
    this.downloads = new Mailbox("a download", patienceMs);
    this.refused = new Mailbox("a stream to refuse", patienceMs);
  }

  /** Starts on a free port, or again on the one that it had. */
  async start(): Promise<this> {
    const server = new Server({
      "grpc.max_receive_message_length": 64 * 1024 * 1024,
      "grpc.max_send_message_length": 64 * 1024 * 1024,
    });
    server.addService(this.#service(), {
      Work: (call: Call) => this.#work(call),
      UploadResult: (call, answer) => void this.#upload(call, answer),
      DownloadParameter: (call) => this.#download(call),
    } satisfies WorkerServiceHandlers);
    this.#listener = await listen(server, "127.0.0.1", this.#port, this.#credentials);
    this.#port = this.#listener.port;
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
    this.#listener?.stop();
    this.#server?.forceShutdown();
    this.#server = undefined;
  }

  /** The protocol, but that bytes are sent as they are, and those received are counted. */
  #service(): typeof WorkerService.service {
    const { Work, UploadResult, ...others } = WorkerService.service;
    const counted =
      <T>(deserialize: (bytes: Buffer) => T) =>
      (bytes: Buffer) => {
        this.longestMessage = Math.max(this.longestMessage, bytes.length);
        return deserialize(bytes);
      };
    return {
      ...others,
      Work: {
        ...Work,
        requestDeserialize: counted(Work.requestDeserialize),
        responseSerialize: (message) => (Buffer.isBuffer(message) ? message : Work.responseSerialize(message)),
      },
      UploadResult: { ...UploadResult, requestDeserialize: counted(UploadResult.requestDeserialize) },
    };
  }

  #work(call: Call): void {
    const refusal = this.refusals.shift();
    if (refusal) {
      this.refused.put(performance.now());
      call.emit("error", refusal);
      return;
    }
    const stream = new ScriptedStream(call, this.#patienceMs);
    this.#all.push(stream);
    this.#streams.put(stream);
  }

  async #upload(
    call: AsyncIterable<ResultChunk__Output> & { metadata: Metadata },
    answer: (error: { code: status; details: string } | null, stored?: object) => void,
  ): Promise<void> {
    let header: ResultChunk__Output["header"];
    let end: ResultChunk__Output["end"];
    const data: Buffer[] = [];
    try {
      for await (const chunk of call) {
        if (chunk.header) header = chunk.header;
        if (chunk.end) end = chunk.end;
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
    if (!end) {
      // A worker that cancels its upload is not there any more to hear it.
      answer({ code: status.INVALID_ARGUMENT, details: "the upload has no end" });
      return;
    }
    const bytes = Buffer.concat(data);
    const { id = "", mediaType = "", attemptToken = "", size = 0 } = header ?? {};
    const authorization = bearer(call.metadata);
    const upload = { id, mediaType, attemptToken, size, data: bytes, sha256: end.sha256, authorization };
    this.uploads.put(upload);
    await this.beforeStored(upload);
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
    // Small files come in many chunks all the same.
    const length = bytes.length > 1_000_000 ? 65_536 : 1_000;
    for (let start = offset; start < bytes.length; start += length) {
      call.write({ data: bytes.subarray(start, start + length) });
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
  readonly #received: Mailbox<WorkerMessage__Output>;
  readonly #watching = new Set<(message: WorkerMessage__Output) => void>();
  readonly #patienceMs: number | undefined;
  /** The tokens of the jobs that the worker accepted on this stream. */
  readonly accepted = new Set<string>();
  /** Every message that came, taken or not. */
  readonly #history: WorkerMessage__Output[] = [];
  #greeted = false;
  /** The worker said more than Hello before it had its Welcome. */
  spokeTooSoon = false;
  #acknowledging = false;
  readonly authorization: string | undefined;
  /** Resolves when the worker's side is gone. */
  readonly gone: Promise<void>;

  constructor(call: Call, patienceMs?: number) {
    this.#call = call;
    this.#patienceMs = patienceMs;
    this.#received = new Mailbox("a message", patienceMs);
    this.authorization = bearer(call.metadata);
    const { promise, resolve } = withResolvers<void>();
    this.gone = promise;
    call.on("data", (message: WorkerMessage__Output) => {
      if (message.accept) this.accepted.add(message.accept.attemptToken);
      if (message.event && this.#acknowledging) this.acknowledge(message.event.attemptToken, message.event.sequence);
      this.spokeTooSoon ||= !this.#greeted && !message.hello;
      this.#history.push(message);
      this.#received.put(message);
      for (const watch of this.#watching) watch(message);
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

  /** The next message of any of these kinds. */
  async takeOneOf<K extends Kind>(kinds: readonly K[], about: string): Promise<Pick<WorkerMessage__Output, K>> {
    return await this.#received.take((received) =>
      kinds.some((kind) => {
        const message = received[kind];
        return message && "attemptToken" in message && message.attemptToken === about;
      }),
    );
  }

  /** So many messages of this kind, from now on, which stay to be taken. */
  async watch<K extends Kind>(kind: K, count: number): Promise<MessageOf<K>[]> {
    const coming = new Mailbox<MessageOf<K>>(`${kind} to come`, this.#patienceMs);
    const watch = (message: WorkerMessage__Output) => {
      if (message.message === kind) coming.put(message[kind] as MessageOf<K>);
    };
    this.#watching.add(watch);
    try {
      const messages: MessageOf<K>[] = [];
      while (messages.length < count) messages.push(await coming.take());
      return messages;
    } finally {
      this.#watching.delete(watch);
    }
  }

  /** Messages of this kind that were received and not taken. */
  untaken<K extends Kind>(kind: K): MessageOf<K>[] {
    return this.#received
      .items()
      .flatMap((received) => (received.message === kind ? [received[kind] as MessageOf<K>] : []));
  }

  /** The kinds of all messages about an attempt, in the order in which they came; heartbeats are about none. */
  kindsAbout(attemptToken: string): Kind[] {
    return this.#history.flatMap(({ message, ...received }) => {
      const content = message && received[message];
      return content && "attemptToken" in content && content.attemptToken === attemptToken ? [message] : [];
    });
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

  /** Sends what no message of this version says. */
  sendBytes(message: Buffer): void {
    this.#call.write(message as ServerMessage);
  }

  /** Answers Hello. Without other word every held token is valid as far as the worker says it was acknowledged. */
  welcome(welcome: Welcome = {}, hello?: Hello__Output): void {
    this.#greeted = true;
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
  cut(code = status.UNAVAILABLE): void {
    this.#call.emit("error", { code, details: "cut by the test" });
  }
}

function bearer(metadata: Metadata): string | undefined {
  return metadata.get("authorization")[0]?.toString();
}
