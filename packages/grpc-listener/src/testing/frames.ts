import { frameType, headLength, windowUpdate } from "../frames.ts";

/** What a client says first (RFC 9113, section 3.4). */
export const preface = Buffer.from("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");

export function frame(type: number, flags: number, stream: number, payload = Buffer.alloc(0)): Buffer {
  const head = Buffer.alloc(headLength);
  head.writeUIntBE(payload.length, 0, 3);
  head.writeUInt8(type, 3);
  head.writeUInt8(flags, 4);
  head.writeUInt32BE(stream, 5);
  return Buffer.concat([head, payload]);
}

/** SETTINGS with an initial window, and one other. */
export function settings(initialWindow: number): Buffer {
  const payload = Buffer.alloc(12);
  payload.writeUInt16BE(0x6, 0);
  payload.writeUInt32BE(100_000, 2);
  payload.writeUInt16BE(0x4, 6);
  payload.writeUInt32BE(initialWindow, 8);
  return frame(frameType.settings, 0, 0, payload);
}

export const update = windowUpdate;
