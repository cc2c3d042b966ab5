import { createHash } from "node:crypto";
import { credentials, type ServiceError } from "@grpc/grpc-js";
import { type Hello, type ServerMessage__Output, type WorkerMessage, WorkerService } from "@uws/protocol";
import { Mailbox } from "@uws/worker/testing";

type Kind = Exclude<keyof ServerMessage__Output, "message">;

const connect = (address: string) =>
  new WorkerService(address, credentials.createInsecure(), { "grpc.use_local_subchannel_pool": 1 });

/** A worker without an SDK, which keeps no rules of its own: it says whatever it is told to say. */
export class BareWorker {
  readonly #client;
  readonly #stream;
  readonly #received = new Mailbox<ServerMessage__Output>("a message");
  readonly #ended = Promise.withResolvers<never>();

  constructor(address: string, hello: Hello) {
    this.#client = connect(address);
    this.#stream = this.#client.work();
    this.#ended.promise.catch(() => {});
    this.#stream.on("data", (message: ServerMessage__Output) => this.#received.put(message));
    this.#stream.on("error", () => {});
    this.#stream.on("status", ({ code, details }) => {
      this.#ended.reject(new Error(`the stream ended with ${code}: ${details}`));
      this.#client.close();
    });
    this.send({ hello: { protocolVersion: 1, instanceId: crypto.randomUUID(), ...hello } });
  }

  send(message: WorkerMessage): void {
    this.#stream.write(message);
  }

  /**
   * The next message of one of these kinds, about an attempt or about none in particular.
   * @throws when the stream ends, or nothing comes in time
   */
  async take(kinds: readonly Kind[], about: string | undefined, timeoutMs: number): Promise<ServerMessage__Output> {
    const matches = (message: ServerMessage__Output) =>
      kinds.some((kind) => {
        const content = message[kind];
        if (!content) return false;
        return about === undefined || ("attemptToken" in content && content.attemptToken === about);
      });
    return await Promise.race([this.#received.take(matches, timeoutMs), this.#ended.promise]);
  }

  close(): void {
    this.#stream.cancel();
  }
}

/** Uploads a result. @returns the status code; 0: it is stored */
export async function upload(address: string, attemptToken: string, id: string, text: string): Promise<number> {
  const client = connect(address);
  const { promise, resolve } = Promise.withResolvers<number>();
  const call = client.uploadResult({ deadline: Date.now() + 5000 } as never, (error: ServiceError | null) =>
    resolve(error?.code ?? 0),
  );
  call.on("error", () => {});
  const data = Buffer.from(text);
  call.write({ header: { attemptToken, id, mediaType: "text/plain", size: data.length } });
  call.write({ data });
  call.write({ end: { sha256: createHash("sha256").update(data).digest() } });
  call.end();
  return await promise.finally(() => client.close());
}
