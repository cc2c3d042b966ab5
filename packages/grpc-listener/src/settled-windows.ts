import {
  acknowledgement,
  endHeaders,
  endStream,
  FrameCutter,
  frameType,
  headLength,
  type Piece,
  windowUpdate,
} from "./frames.ts";

/** SETTINGS_INITIAL_WINDOW_SIZE (RFC 9113, section 6.5.2), and what holds until a client has said it. */
const initialWindowSize = 0x4;
const defaultWindow = 65_535;
const largestWindow = 0x7fffffff;
/** Bytes of one setting: its number and its value. */
const settingLength = 6;
/** Frames that are looked into are kept until they are whole. A longer one is an error, which the server tells. */
const longestKept = 16_384;

/**
 * Stands between a client of HTTP/2 and a server that does not give to open streams what SETTINGS add to the initial
 * window (RFC 9113, section 6.9.2), as Bun's does not. The server sees the first initial window that the client sets
 * and no other: what a client changes later reaches it in the way that it understands, as WINDOW_UPDATE of each
 * stream. One for each connection.
 */
export class SettledWindows {
  readonly #client = new FrameCutter("client");
  readonly #server = new FrameCutter("server");
  /** The open streams, and by how many bytes the server overrates the window of each. */
  readonly #overrated = new Map<number, number>();
  /** The initial window that the server knows, once there were SETTINGS, and the one that the client means. */
  #known: number | undefined;
  #meant = defaultWindow;
  #newest = 0;
  /** The newest stream, while its headers come. */
  #opening: number | undefined;
  /** The beginning of a frame that is to be whole. */
  #begun: Buffer[] = [];

  /**
   * @param arrived bytes from the client
   * @returns what the server is to read in their place
   */
  fromClient(arrived: Buffer): Buffer {
    const read: Buffer[] = [];
    for (const piece of this.#client.cut(arrived)) this.#pass(piece, read);
    return read.length === 1 && read[0] !== undefined ? read[0] : Buffer.concat(read);
  }

  /** Notices the streams that the server ends. */
  fromServer(written: Buffer): void {
    for (const { head, last } of this.#server.cut(written)) {
      if (!last) continue;
      const mayEnd = head.type === frameType.data || head.type === frameType.headers;
      if ((mayEnd && head.flags & endStream) || head.type === frameType.resetStream)
        this.#overrated.delete(head.stream);
    }
  }

  #pass({ head, bytes, last }: Piece, read: Buffer[]): void {
    const isSettings = head.type === frameType.settings && !(head.flags & acknowledgement);
    const isOwed = head.type === frameType.windowUpdate && (this.#overrated.get(head.stream) ?? 0) > 0;
    if ((!isSettings && !isOwed) || head.length > longestKept) {
      read.push(bytes);
      if (last) this.#passed(head.type, head.flags, head.stream, read);
      return;
    }
    this.#begun.push(bytes);
    if (!last) return;
    const frame = Buffer.concat(this.#begun);
    this.#begun = [];
    if (isSettings) this.#set(frame, read);
    else this.#update(head.stream, frame, read);
  }

  #passed(type: number, flags: number, stream: number, read: Buffer[]): void {
    if (type === frameType.resetStream) this.#overrated.delete(stream);
    if (type === frameType.headers && stream > this.#newest) {
      this.#newest = stream;
      this.#opening = stream;
    }
    const isHeaders = type === frameType.headers || type === frameType.continuation;
    if (!isHeaders || !(flags & endHeaders) || this.#opening === undefined) return;
    this.#overrated.set(this.#opening, 0);
    this.#give(this.#opening, this.#meant - (this.#known ?? defaultWindow), read);
    this.#opening = undefined;
  }

  #set(frame: Buffer, read: Buffer[]): void {
    let means = this.#meant;
    const values: number[] = [];
    for (let at = headLength; at + settingLength <= frame.length; at += settingLength) {
      if (frame.readUInt16BE(at) !== initialWindowSize) continue;
      means = frame.readUInt32BE(at + 2);
      values.push(at + 2);
    }
    read.push(frame);
    if (means > largestWindow) return; // An error, which the server tells.
    const added = means - this.#meant;
    this.#meant = means;
    if (this.#known === undefined) {
      this.#known = means;
      return;
    }
    for (const at of values) frame.writeUInt32BE(this.#known, at);
    for (const stream of this.#overrated.keys()) this.#give(stream, added, read);
  }

  #update(stream: number, frame: Buffer, read: Buffer[]): void {
    const increment = frame.length === headLength + 4 ? frame.readUInt32BE(headLength) & largestWindow : 0;
    if (increment === 0)
      read.push(frame); // An error, which the server tells.
    else this.#give(stream, increment, read);
  }

  /** Adds to the window of a stream, or takes from it. What the server believes to have too much is paid back first. */
  #give(stream: number, bytes: number, read: Buffer[]): void {
    const left = bytes - (this.#overrated.get(stream) ?? 0);
    this.#overrated.set(stream, Math.max(0, -left));
    if (left > 0) read.push(windowUpdate(stream, left));
  }
}
