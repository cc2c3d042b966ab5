import { type Assign, WorkerService } from "@uws/protocol";

/* Messages as a newer server might send them, written by hand (the encoding of Protocol Buffers: a field is its number and wire type, then its content). */

const lengthDelimited = 2;

/** A ServerMessage whose kind is none that this version has. */
export function ofAnUnknownKind(): Buffer {
  return field(1_000, Buffer.from("from the future"));
}

/** An Assign with a field that this version does not have, in itself and in what is around it. */
export function fromTheFuture(assign: Assign): Buffer {
  const unknown = field(1_000, Buffer.from("from the future"));
  const { bytes, number } = onlyField(WorkerService.service.Work.responseSerialize({ assign }));
  return Buffer.concat([field(number, Buffer.concat([unknown, bytes, unknown])), unknown]);
}

/** Of a message that has one field, whose number is below 16: that number, and what is in it. */
function onlyField(message: Buffer): { number: number; bytes: Buffer } {
  const number = ((message[0] ?? 0) - lengthDelimited) / 8;
  let at = 1;
  while ((message[at] ?? 0) >= 128) at++;
  return { number, bytes: message.subarray(at + 1) };
}

function field(number: number, content: Buffer): Buffer {
  return Buffer.concat([varint(number * 8 + lengthDelimited), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}
