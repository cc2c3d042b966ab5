import type { Parameter__Output } from "@uws/protocol";
import type { Connection } from "./connection.ts";
import { Retry } from "./retry.ts";

/** A parameter that the client uploaded. Its bytes stay on the server until they are read. */
export interface UploadedFile {
  /** The parameter's name. */
  readonly name: string;
  readonly filename: string;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
  /** The bytes from `offset` on. A broken connection is resumed where it broke. */
  stream(offset?: number): AsyncIterable<Uint8Array>;
  bytes(): Promise<Uint8Array>;
  /** As UTF-8. */
  text(): Promise<string>;
}

/** An uploaded parameter, read with DownloadParameter. */
export class DownloadableFile implements UploadedFile {
  readonly name: string;
  readonly filename: string;
  readonly mediaType: string;
  readonly size: number;
  readonly #token: string;
  readonly #connection: Connection;
  readonly #signal: AbortSignal;

  constructor(
    name: string,
    uploaded: NonNullable<Parameter__Output["uploaded"]>,
    from: { token: string; connection: Connection; signal: AbortSignal },
  ) {
    this.name = name;
    this.filename = uploaded.filename;
    this.mediaType = uploaded.mediaType;
    this.size = uploaded.size;
    this.#token = from.token;
    this.#connection = from.connection;
    this.#signal = from.signal;
  }

  async *stream(offset = 0): AsyncGenerator<Uint8Array> {
    const retry = new Retry(this.#signal);
    let position = offset;
    for (;;) {
      this.#signal.throwIfAborted();
      const call = this.#connection.client.downloadParameter(
        { attemptToken: this.#token, name: this.name, offset: position },
        this.#connection.metadata(),
      );
      const onAbort = () => call.cancel();
      this.#signal.addEventListener("abort", onAbort, { once: true });
      try {
        for await (const chunk of call as AsyncIterable<{ data: Buffer }>) {
          position += chunk.data.length;
          retry.reset();
          yield chunk.data;
        }
        return;
      } catch (error) {
        await retry.afterFailure(error);
      } finally {
        this.#signal.removeEventListener("abort", onAbort);
        call.cancel();
      }
    }
  }

  async bytes(): Promise<Uint8Array> {
    const chunks: Uint8Array[] = [];
    for await (const chunk of this.stream()) chunks.push(chunk);
    return Buffer.concat(chunks);
  }

  async text(): Promise<string> {
    return new TextDecoder().decode(await this.bytes());
  }
}
