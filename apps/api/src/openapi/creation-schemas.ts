import {
  type FileRule,
  fileRule,
  formSchemaOf,
  isJsonObject,
  type JobDescription,
  type Json,
  type JsonObject,
  jsonSchemaOf,
} from "@uws/description";
import type { Service } from "../service.ts";
import { controls, priorityOf } from "./controls.ts";
import { inlineSchema, propertiesOf } from "./inline-schema.ts";

/** The kinds of body by which a job is created. */
export type BodyKind = "Json" | "Form" | "Multipart";
const kinds: readonly BodyKind[] = ["Json", "Form", "Multipart"];

/** Of one type's body: all that it may hold, the type's name among it where the service needs that. */
export function creationSchema(service: Service, description: JobDescription, kind: BodyKind): object {
  const { types, typeParameter } = service;
  const several = types.length > 1;
  const typed = several ? { [typeParameter]: { type: "string", enum: [description.name] } } : {};
  return {
    title: description.title,
    type: "object",
    properties: { ...typed, ...membersOf(description, kind) },
    ...(several ? { required: [typeParameter] } : {}),
    ...(description.groups.length === 0 ? {} : { "x-groups": description.groups }),
    "x-limits": { executionDuration: description.executionDuration, destruction: description.destruction },
  };
}

/** What is required is only so of a job that is to run: a form may be sent without it. */
function membersOf(description: JobDescription, kind: BodyKind): object {
  const schema = inlineSchema(description.parameters);
  const properties = propertiesOf(schema);
  const { PRIORITY } = priorityOf(description);
  switch (kind) {
    case "Json":
      return {
        runId: controls.RUNID,
        phase: controls.PHASE,
        executionDuration: controls.EXECUTIONDURATION,
        destruction: controls.DESTRUCTION,
        ...(PRIORITY === undefined ? {} : { priority: PRIORITY }),
        parameters: { ...schema, properties: mapped(properties, jsonSchemaOf) },
      };
    case "Form":
      return { ...mapped(properties, formSchemaOf), ...controls, ...priorityOf(description) };
    case "Multipart": {
      const fields = mapped(properties, (property) => asFile(formSchemaOf(property)));
      return { ...fields, ...controls, ...priorityOf(description) };
    }
  }
}

/** JSON Schema counts characters (maxLength), and a file has bytes: so it is said here, and in `x-file` for programs. */
function fileText({ mediaTypes, maxBytes }: FileRule): string {
  const parts = [
    ...(maxBytes === undefined ? [] : [`at most ${maxBytes} bytes`]),
    ...(mediaTypes.length === 0 ? [] : [`of type ${mediaTypes.join(" or ")}`]),
  ];
  return parts.length === 0 ? "" : `(${parts.join(", ")})`;
}

function mapped(properties: JsonObject, change: (property: Json) => Json): JsonObject {
  return Object.fromEntries(Object.entries(properties).map(([name, property]) => [name, change(property)]));
}

function asFile(property: Json): Json {
  if (!isJsonObject(property) || !isJsonObject(property["x-file"])) return property;
  const { title, description } = property;
  const rule = fileRule(property) ?? { mediaTypes: [], maxBytes: undefined };
  const [mediaType, ...others] = rule.mediaTypes;
  return {
    type: "string",
    format: "binary",
    ...(title === undefined ? {} : { title }),
    description: [description, fileText(rule)].filter((text) => typeof text === "string" && text !== "").join(" "),
    ...(mediaType !== undefined && others.length === 0 ? { contentMediaType: mediaType } : {}),
    "x-file": property["x-file"],
  };
}

/** The bodies of services with several types, as components: a discriminator's mapping can only point at those. */
export function creationComponents(services: readonly Service[]): Record<string, object> {
  const entries = services
    .filter(({ types }) => types.length > 1)
    .flatMap((service) =>
      service.types.flatMap((type) =>
        kinds.map((kind) => [componentName(service, type, kind), creationSchema(service, type, kind)]),
      ),
    );
  return Object.fromEntries(entries);
}

export function creationReference(service: Service, type: JobDescription, kind: BodyKind): string {
  return `#/components/schemas/${componentName(service, type, kind)}`;
}

/** Names of components have no slash or tilde in them (OpenAPI 3.1, section 4.8.7.1), and those of services may. */
function componentName({ path }: Service, { name }: JobDescription, kind: BodyKind): string {
  const service = path.replace(/[^A-Za-z0-9.-]/g, (character) =>
    character === "/" ? "__" : `_${character.charCodeAt(0).toString(16)}`,
  );
  return `New${kind}.${service}.${name}`;
}
