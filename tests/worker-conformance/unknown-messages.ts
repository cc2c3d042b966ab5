import { type Assign, WorkerService } from "@uws/protocol";

/* Messages as a newer server might send them, written by hand (the encoding of Protocol Buffers: a field is its number and wire type, then its content). */

const lengthDelimited = 2;

/** A ServerMessage whose kind is none that this version has. */
export function ofAnUnknownKind(): Buffer {
  return field(1_000, Buffer.from("from the future"));
}

/** An Assign with a field that this version does not have, in itself and in what is around it. */
export function fromTheFuture(assign: Assign): Buffer {
  const whole = WorkerService.service.Work.responseSerialize({ assign });
  const unknown = field(1_000, Buffer.from("from the future"));
  // Two occurrences of an embedded message are one whose fields are merged.
  const assignNumber = 2;
  return Buffer.concat([whole, field(assignNumber, unknown), unknown]);
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
