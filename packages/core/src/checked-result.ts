import { UwsError } from "./errors.ts";
import { limits } from "./limits.ts";

/** What a worker says of a result, checked: it becomes part of URLs and headers. */
export interface CheckedResult {
  readonly id: string;
  readonly mediaType: string;
}

/**
 * Checks the id and media type of a result.
 * @throws UwsError "invalid"
 */
export function checkResult(id: string, mediaType: string): CheckedResult {
  if (!/^[A-Za-z0-9][A-Za-z0-9._~-]{0,127}$/.test(id)) {
    throw new UwsError(
      "invalid",
      `The result id ${JSON.stringify(id.slice(0, 140))} must be 1 to 128 of A-Z a-z 0-9 . _ ~ -`,
    );
  }
  const type = mediaType === "" ? "application/octet-stream" : mediaType;
  // RFC 9110, section 8.3.1: type/subtype and parameters, in visible ASCII.
  if (type.length > 255 || !/^[\w!#$&^.+-]+\/[\w!#$&^.+-]+( *;[\x20-\x7e]*)?$/.test(type)) {
    throw new UwsError("invalid", `The media type ${JSON.stringify(type.slice(0, 140))} of result ${id} is not one.`);
  }
  return { id, mediaType: type };
}

/**
 * Checks the URL of a result that is elsewhere.
 * @throws UwsError "invalid"
 */
export function checkReference(url: string): string {
  if (url.length <= 8192 && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol)) return new URL(url).href;
  throw new UwsError("invalid", `A result's reference must be an absolute http or https URL.`);
}

/** A text of a worker as it can be stored: PostgreSQL holds no NUL character, and nothing grows without limit. */
export function storable(text: string, maxLength: number = limits.messageLength): string {
  const clean = text.replaceAll("\0", "\uFFFD").toWellFormed();
  return clean.length <= maxLength ? clean : `${clean.slice(0, maxLength - 1).toWellFormed()}…`;
}
