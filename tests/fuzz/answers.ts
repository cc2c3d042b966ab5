import { expect } from "bun:test";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";
import addFormats from "ajv-formats";
import { expectWellFormed } from "./well-formed.ts";

/** What is checked of an answer, however it was had. */
export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Uint8Array;
}

/** The parts of the OpenAPI document of the server that these tests look at. */
export interface OpenApi {
  readonly paths: Readonly<Record<string, Readonly<Record<string, OpenApiOperation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, object>> };
}

export interface OpenApiOperation {
  readonly parameters?: readonly OpenApiParameter[];
  readonly requestBody?: { readonly required?: boolean; readonly content: OpenApiContent };
  readonly responses: Readonly<Record<string, { readonly content?: OpenApiContent }>>;
}

export interface OpenApiParameter {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly schema: object;
}

export type OpenApiContent = Readonly<Record<string, { readonly schema?: object }>>;

/** Checks answers against what the server says of itself. */
export class Checker {
  readonly document: OpenApi;
  readonly #ajv: Ajv2020;
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor(document: OpenApi) {
    this.document = document;
    this.#ajv = new Ajv2020({ strict: false, allErrors: true, verbose: true });
    addFormats.default(this.#ajv);
    this.#ajv.addSchema(document, "openapi");
  }

  /** Asks a server for its document. */
  static async of(url: string): Promise<Checker> {
    const answer = await fetch(`${url}/swagger/json`);
    return new Checker((await answer.json()) as OpenApi);
  }

  /** A schema of what clients send, with what it refers to in it. */
  whole(schema: object): object {
    const resolve = (value: unknown): unknown => {
      if (Array.isArray(value)) return value.map(resolve);
      if (typeof value !== "object" || value === null) return value;
      const { $ref: reference } = value as { readonly $ref?: unknown };
      const prefix = "#/components/schemas/";
      if (typeof reference !== "string" || !reference.startsWith(prefix)) {
        return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, resolve(member)]));
      }
      return resolve(this.document.components.schemas[reference.slice(prefix.length)]);
    };
    return resolve(schema) as object;
  }

  /** Fails unless a value fits a schema of the document; references in it are the document's. */
  expectFits(value: unknown, schema: object): void {
    let validate = this.#compiled.get(schema);
    if (validate === undefined) {
      validate = this.#ajv.compile(pointing(schema) as object);
      this.#compiled.set(schema, validate);
    }
    if (!validate(value)) throw new Error(`${this.#ajv.errorsText(validate.errors)}: ${JSON.stringify(value)}`);
  }

  /** Fails unless a JSON value is what the document calls by this name. */
  expectIs(value: unknown, name: "Job" | "JobList" | "Problem"): void {
    const schema = this.document.components.schemas[name];
    if (schema === undefined) throw new Error(`the document has no schema ${name}`);
    this.expectFits(value, schema);
  }

  /**
   * Whatever was asked: no failure of the server, a type for every body, well-formed XML, JSON that parses, errors that
   * say something.
   * @param mayWait whether "not yet, ask again" is an answer
   */
  expectSound(answer: Answer, mayWait = false): void {
    const { status, headers, body } = answer;
    const text = new TextDecoder().decode(body);
    const notYet = mayWait && status === 503 && headers.has("retry-after");
    if ((status >= 500 && !notYet) || status < 200) throw new Error(`${status} ${text}`);
    const type = headers.get("content-type");
    if (status === 303) expect(headers.get("location")).toMatch(/^https?:\/\//);
    if (body.length === 0) return;
    if (type === null) throw new Error(`${status} with a body of no type: ${text}`);
    if (/^(?:text|application)\/xml\b/.test(type)) expectWellFormed(utf8(body));
    const json = /^application\/(?:problem\+)?json\b/.test(type) ? (JSON.parse(utf8(body)) as unknown) : undefined;
    if (type.startsWith("application/problem+json")) {
      this.expectIs(json, "Problem");
      expect((json as { status: number }).status).toBe(status);
    }
    // 416 and those that Bun answers itself have a text or nothing.
    if (status >= 400) expect(type).toMatch(/^(?:text\/plain|application\/problem\+json)/);
  }
}

/** Text that must be UTF-8. */
export function utf8(body: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
}

export async function answerOf(response: Response): Promise<Answer> {
  return { status: response.status, headers: response.headers, body: await response.bytes() };
}

/** With references to the document as ajv knows it. */
function pointing(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pointing);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [
      key,
      key === "$ref" && typeof member === "string" && member.startsWith("#") ? `openapi${member}` : pointing(member),
    ]),
  );
}
