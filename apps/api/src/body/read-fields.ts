import { limits, UwsError } from "@uws/core";
import type { ServiceExchange } from "../exchange.ts";
import { arrayFormIn } from "./array-form-in.ts";
import { checkFields, type Field } from "./field.ts";
import { readForm } from "./form.ts";
import { readJson } from "./json.ts";
import { contentLength, limitedBody, readText } from "./limited-body.ts";
import { readMultipart } from "./multipart.ts";
import type { Uploads } from "./uploads.ts";

/**
 * What a request says, wherever it says it: first in the query, then in the body, be it a form, multipart, or JSON.
 * @param uploads where files go; undefined where none are taken
 * @param most fields
 * @throws UwsError "invalid", "too_large", "unsupported"
 */
export async function readFields(exchange: ServiceExchange, uploads?: Uploads, most?: number): Promise<Field[]> {
  const inQuery = [...exchange.query].map(([name, value]) => ({ name, value }));
  const fields = [...inQuery, ...(await readBody(exchange, uploads))];
  checkFields(fields, most);
  return fields;
}

async function readBody({ request, api, service }: ServiceExchange, uploads: Uploads | undefined): Promise<Field[]> {
  // Many clients name a type even when they send nothing.
  if (request.body === null || contentLength(request) === 0) return [];
  // Older clients send forms without saying so.
  const contentType = request.headers.get("content-type") ?? "application/x-www-form-urlencoded";
  switch (mediaTypeOf(contentType)) {
    case "application/x-www-form-urlencoded":
      return readForm(await readText(request, limits.formBytes));
    case "application/json":
      return readJson(await readText(request, limits.formBytes), arrayFormIn(service.types));
    case "multipart/form-data":
      return await readMultipart(contentType, limitedBody(request, api.config.uploadBytes), uploads);
    default:
      throw new UwsError(
        "unsupported",
        `${contentType.slice(0, 100)}: cannot be read; send application/x-www-form-urlencoded, multipart/form-data or application/json.`,
      );
  }
}

/** Without parameters such as charset. */
export function mediaTypeOf(contentType: string): string {
  return (contentType.split(";")[0] ?? "").trim().toLowerCase();
}
