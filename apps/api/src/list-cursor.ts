import { createHash } from "node:crypto";
import { UwsError } from "@uws/core";
import type { JobListFilter, ListPosition } from "@uws/store";

/*
 * Where a page of a list ended, as text that stands in a URL: the last job's creation time (milliseconds, 8 bytes) and id
 * (16), what LAST leaves (4, 0 = no LAST), and 8 bytes of a digest of all that and of the filter. It holds no secret and
 * gives no right: the digest finds cursors that were cut, changed, or taken from another list.
 */
const idAt = 8;
const remainingAt = 24;
const digestAt = 28;
const length = 36;

/** The last millisecond of which PostgreSQL reads what JavaScript writes. */
const latest = BigInt(Date.UTC(9999, 11, 31, 23, 59, 59, 999));

export function listCursor({ time, id, remaining }: ListPosition, filter: JobListFilter): string {
  const bytes = Buffer.alloc(length);
  bytes.writeBigUInt64BE(BigInt(time.getTime()), 0);
  bytes.write(id.replaceAll("-", ""), idAt, "hex");
  bytes.writeUInt32BE(remaining ?? 0, remainingAt);
  digest(bytes.subarray(0, digestAt), filter).copy(bytes, digestAt);
  return bytes.toString("base64url");
}

/** @throws UwsError "invalid" when it is not a cursor that `listCursor` gave for the same filter */
export function readListCursor(text: string, filter: JobListFilter): ListPosition {
  const bytes = Buffer.from(text, "base64url");
  const whole = bytes.length === length && bytes.toString("base64url") === text;
  const time = whole ? bytes.readBigUInt64BE(0) : undefined;
  if (
    time === undefined ||
    time > latest ||
    !digest(bytes.subarray(0, digestAt), filter).equals(bytes.subarray(digestAt))
  ) {
    throw new UwsError("invalid", "cursor: not one that this list gave for these filters; allowed: that of a `next`");
  }
  const id = bytes.toString("hex", idAt, remainingAt).replace(/^(.{8})(.{4})(.{4})(.{4})/, "$1-$2-$3-$4-");
  const remaining = bytes.readUInt32BE(remainingAt);
  return { time: new Date(Number(time)), id, remaining: remaining === 0 ? undefined : remaining };
}

function digest(position: Buffer, filter: JobListFilter): Buffer {
  const { service, owner, granted, phases, after, before, runId, type, parameters, last } = filter;
  const said = JSON.stringify([
    service,
    owner ?? false,
    granted,
    phases.toSorted(),
    after,
    before,
    runId,
    type,
    parameters,
    last,
  ]);
  return createHash("sha256")
    .update(position)
    .update(said)
    .digest()
    .subarray(0, length - digestAt);
}
