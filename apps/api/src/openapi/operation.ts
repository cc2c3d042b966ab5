import type { JobDescription } from "@uws/description";

/** The parts of an OpenAPI 3.1 operation that we write. */
export interface OperationObject {
  readonly summary: string;
  readonly description?: string;
  readonly parameters?: readonly ParameterObject[];
  readonly requestBody?: { readonly required?: boolean; readonly content: Content };
  readonly responses: Readonly<Record<string, ResponseObject>>;
  /** How to log in; empty = nobody has to; absent = as the document says. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
}

export interface ParameterObject {
  readonly name: string;
  readonly in: "path" | "query" | "header";
  readonly required?: boolean;
  readonly description: string;
  readonly schema: object;
}

export interface ResponseObject {
  readonly description: string;
  readonly headers?: Readonly<Record<string, { readonly description: string; readonly schema: object }>>;
  readonly content?: Content;
}

export type Content = Readonly<
  Record<string, { readonly schema: object; readonly examples?: Readonly<Record<string, ExampleObject>> }>
>;

export interface ExampleObject {
  readonly summary: string;
  readonly value: unknown;
}

const text = { type: "string" } as const;

/** Schemas that the document holds once. */
export type SchemaName = "Job" | "JobList" | "Problem" | "JobDescription" | "JobDescriptionList" | "JobEvent";

export const schemaRef = (name: SchemaName) => ({ $ref: `#/components/schemas/${name}` });

export const jobIdParameter: ParameterObject = {
  name: "id",
  in: "path",
  required: true,
  description: "Id of the job",
  schema: { type: "string", format: "uuid" },
};

export function nameParameter(of: string): ParameterObject {
  return { name: "name", in: "path", required: true, description: of, schema: text };
}

export function queryParameter(name: string, description: string, schema: object): ParameterObject {
  return { name, in: "query", description, schema };
}

/** A 200 of one or several media types. */
export function ok(description: string, content: Content): Readonly<Record<string, ResponseObject>> {
  return { "200": { description, content } };
}

export const plainText: Content = { "text/plain": { schema: text } };

/** A UWS document in XML, with a JSON counterpart. */
export function xmlAndJson(json: object): Content {
  return { "text/xml": { schema: text }, "application/xml": { schema: text }, "application/json": { schema: json } };
}

/** A UWS document that is a page for browsers as well. */
export function xmlJsonAndHtml(json: object): Content {
  return { ...xmlAndJson(json), "text/html": { schema: text } };
}

const clock = "[T ]\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,6})?)?";

/** A time in a filter, as `parseTime` reads it; that the day exists no pattern can say. */
export const filterTime = {
  type: "string",
  pattern: `^(\\d{4}|\\d{8}|\\d{4}-\\d{2}-\\d{2}(${clock})?)Z?$`,
  examples: ["2015-10-26T09:15:35.123Z", "2015-10-26 09:15", "2015-10-26", "2015"],
} as const;

/** A destruction time, as `parseDestruction` reads it. */
export const destructionTime = {
  type: "string",
  description: "ISO 8601, UTC",
  pattern: `^(?!00)\\d{4}-\\d{2}-\\d{2}(${clock})?Z?$`,
  examples: ["2035-10-26T09:15:35.123Z", "2035-10-26"],
} as const;

/** A UWS change: a redirect to where there is something to see. */
export function redirect(description: string): Readonly<Record<string, ResponseObject>> {
  return {
    "303": {
      description,
      headers: { Location: { description: "Absolute URL", schema: { type: "string", format: "uri" } } },
    },
  };
}

/** An error, in the two forms in which clients get it. */
export const failureContent: Content = {
  "text/plain": { schema: text },
  "application/problem+json": { schema: schemaRef("Problem") },
};

const problems = {
  400: "A value is wrong; the message names it and what is allowed",
  401: "Credentials are wrong, or needed",
  403: "Not allowed to this caller, or not in this phase",
  404: "There is no such thing",
  409: "It contradicts what was there before",
  413: "Too large",
  415: "A media type that cannot be read",
  416: "The range lies outside",
} as const;

export function refusals(...statuses: readonly (keyof typeof problems)[]): Readonly<Record<string, ResponseObject>> {
  return Object.fromEntries(
    statuses.map((status) => [
      String(status),
      {
        description: problems[status],
        content: failureContent,
      },
    ]),
  );
}

/** The most that each job type allows, for a person. */
export function limitsOf(types: readonly JobDescription[], limited: "executionDuration" | "destruction"): string {
  const shown = ({ max }: JobDescription["destruction"]) => (max === 0 ? "any" : String(max));
  return types.map((type) => `${type.name} ${shown(type[limited])}`).join(", ");
}

/** A form or JSON body of these members. */
export function formOrJson(schema: object): { readonly content: Content } {
  return { content: { "application/x-www-form-urlencoded": { schema }, "application/json": { schema } } };
}
