import { connect, type Socket } from "node:net";
import { endHeaders, endStream, FrameCutter, frameType } from "../frames.ts";
import { frame, preface, settings, update } from "./frames.ts";

const ping = 6;

/** An HTTP/2 client that gives windows as it is told, and counts what comes. */
export class RawClient {
  readonly #socket: Socket;
  readonly #cutter = new FrameCutter("server");
  readonly #received = new Map<number, number>();
  readonly #waiting: { readonly reached: () => boolean; readonly resolve: () => void }[] = [];
  #pongs = 0;
  #pings = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (bytes: Buffer) => {
      for (const { head, last } of this.#cutter.cut(bytes)) {
        if (!last) continue;
        if (head.type === frameType.data) this.#received.set(head.stream, this.received(head.stream) + head.length);
        if (head.type === frameType.settings && head.flags === 0) this.say(frame(frameType.settings, 1, 0));
        if (head.type === ping && head.flags === 1) this.#pongs++;
      }
      for (const { reached, resolve } of this.#waiting) if (reached()) resolve();
    });
  }

  /** Connects, with this initial window, and a window of the connection that never ends. */
  static async connect(port: number, initialWindow: number): Promise<RawClient> {
    const socket = connect(port, "127.0.0.1");
    await new Promise((resolve, reject) => socket.once("connect", resolve).once("error", reject));
    const client = new RawClient(socket);
    client.say(Buffer.concat([preface, settings(initialWindow), update(0, 0x7fffffff - 65_535)]));
    return client;
  }

  say(bytes: Buffer): void {
    this.#socket.write(bytes);
  }

  /** Calls a gRPC method with a message. */
  call(stream: number, path: string, message: Buffer): void {
    const fields = [":method POST", ":scheme http", `:path ${path}`, ":authority test"];
    fields.push("te trailers", "content-type application/grpc");
    const headers = fields.map((field) => field.split(" ") as [string, string]);
    this.say(frame(frameType.headers, endHeaders, stream, Buffer.concat(headers.map(literal))));
    const head = Buffer.alloc(5);
    head.writeUInt32BE(message.length, 1);
    this.say(frame(frameType.data, endStream, stream, Buffer.concat([head, message])));
  }

  /** Bytes of the bodies of a stream's DATA frames. */
  received(stream: number): number {
    return this.#received.get(stream) ?? 0;
  }

  /** Waits for so many bytes of a stream. Of what comes too much, the server's next answer to a ping tells. */
  async until(stream: number, bytes: number): Promise<number> {
    await this.#wait(() => this.received(stream) >= bytes);
    const pongs = ++this.#pings;
    this.say(frame(ping, 0, 0, Buffer.alloc(8)));
    await this.#wait(() => this.#pongs >= pongs);
    return this.received(stream);
  }

  close(): void {
    this.#socket.destroy();
  }

  async #wait(reached: () => boolean): Promise<void> {
    if (!reached()) await new Promise<void>((resolve) => this.#waiting.push({ reached, resolve }));
  }
}

/** A header field, literal, never indexed (RFC 7541, section 6.2.3); name and value of less than 127 bytes. */
function literal([name, value]: readonly [string, string]): Buffer {
  return Buffer.concat([
    Buffer.from([0x10, name.length]),
    Buffer.from(name),
    Buffer.from([value.length]),
    Buffer.from(value),
  ]);
}
