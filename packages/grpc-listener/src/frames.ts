/** The head of an HTTP/2 frame (RFC 9113, section 4.1). */
export interface FrameHead {
  /** Bytes of the payload. */
  readonly length: number;
  readonly type: number;
  readonly flags: number;
  /** 0 = the connection itself. */
  readonly stream: number;
}

/** A frame, or a part of one. */
export interface Piece {
  readonly head: FrameHead;
  /** With the head's own bytes, when it is the first piece. */
  readonly bytes: Buffer;
  /** The frame ends with it. */
  readonly last: boolean;
}

export const frameType = {
  data: 0,
  headers: 1,
  resetStream: 3,
  settings: 4,
  windowUpdate: 8,
  continuation: 9,
} as const;

/** Of DATA and HEADERS. */
export const endStream = 0x1;
/** Of HEADERS and CONTINUATION. */
export const endHeaders = 0x4;
/** Of SETTINGS. */
export const acknowledgement = 0x1;

/** Bytes of a head. */
export const headLength = 9;

/** What a client says before its first frame (RFC 9113, section 3.4). */
const prefaceLength = 24;

/** Cuts the bytes of one direction of a connection into frames, however they arrive. Keeps eight bytes at most. */
export class FrameCutter {
  #head: FrameHead | undefined;
  /** Bytes of the frame that have not come. */
  #missing = 0;
  #incompleteHead: Buffer | undefined;

  /** @param from whose bytes they are: a client begins with a preface, which is a frame of the type -1 here */
  constructor(from: "client" | "server") {
    if (from === "server") return;
    this.#head = { length: prefaceLength, type: -1, flags: 0, stream: 0 };
    this.#missing = prefaceLength;
  }

  cut(arrived: Buffer): Piece[] {
    const bytes = this.#incompleteHead === undefined ? arrived : Buffer.concat([this.#incompleteHead, arrived]);
    this.#incompleteHead = undefined;
    const pieces: Piece[] = [];
    for (let at = 0; at < bytes.length; ) {
      if (this.#head === undefined) {
        if (bytes.length - at < headLength) {
          this.#incompleteHead = bytes.subarray(at);
          break;
        }
        this.#head = readHead(bytes, at);
        this.#missing = headLength + this.#head.length;
      }
      const end = Math.min(bytes.length, at + this.#missing);
      this.#missing -= end - at;
      const last = this.#missing === 0;
      pieces.push({ head: this.#head, bytes: bytes.subarray(at, end), last });
      if (last) this.#head = undefined;
      at = end;
    }
    return pieces;
  }
}

function readHead(bytes: Buffer, at: number): FrameHead {
  return {
    length: bytes.readUIntBE(at, 3),
    type: bytes.readUInt8(at + 3),
    flags: bytes.readUInt8(at + 4),
    stream: bytes.readUInt32BE(at + 5) & 0x7fffffff,
  };
}

/** A WINDOW_UPDATE frame (RFC 9113, section 6.9). */
export function windowUpdate(stream: number, increment: number): Buffer {
  const frame = Buffer.alloc(headLength + 4);
  frame.writeUIntBE(4, 0, 3);
  frame.writeUInt8(frameType.windowUpdate, 3);
  frame.writeUInt32BE(stream, 5);
  frame.writeUInt32BE(increment, headLength);
  return frame;
}
