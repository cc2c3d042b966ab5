import { createHash } from "node:crypto";
import { UwsError } from "@uws/core";
import type { IdempotencyKey } from "@uws/store";
import type { Field } from "../body/field.ts";
import type { Uploads } from "../body/uploads.ts";

/** Characters of an Idempotency-Key. */
const maxLength = 255;
const visibleAscii = /^[\x20-\x7e]+$/;

/**
 * The Idempotency-Key of a request (the IETF's draft of that name: a quoted string; one without quotes is taken, too).
 * @returns undefined where there is none
 * @throws UwsError "invalid"
 */
export function idempotencyKeyOf(headers: Headers): string | undefined {
  const given = headers.get("idempotency-key")?.trim();
  if (given === undefined) return undefined;
  const key = given.replace(/^"(.*)"$/, "$1");
  if (key.length <= maxLength && visibleAscii.test(key)) return key;
  throw new UwsError("invalid", `Idempotency-Key: must be 1 to ${maxLength} visible ASCII characters.`);
}

/**
 * A key and what the request says, so that its repetition is told from another request.
 * @param run whether the job was to run, whatever the fields say
 */
export function idempotencyOf(
  key: string | undefined,
  fields: readonly Field[],
  uploads: Uploads,
  run: boolean,
): IdempotencyKey | undefined {
  if (key === undefined) return undefined;
  const said = fields.map((field) =>
    "value" in field
      ? [field.name, field.value]
      : [field.name, field.upload.filename, field.upload.mediaType, uploads.sha256(field.upload)],
  );
  return {
    key,
    request: createHash("sha256")
      .update(JSON.stringify([run, said]))
      .digest("hex"),
  };
}
