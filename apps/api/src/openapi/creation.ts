import {
  arrayForm,
  formSchemaOf,
  formValue,
  isJsonObject,
  type JobDescription,
  type Json,
  type JsonObject,
} from "@uws/description";
import type { Service } from "../service.ts";
import { controls, priorityOf } from "./controls.ts";
import { type BodyKind, creationReference, creationSchema } from "./creation-schemas.ts";
import { inlineSchema, propertiesOf } from "./inline-schema.ts";
import { type Content, type ExampleObject, type ParameterObject, queryParameter } from "./operation.ts";

/** The bodies with which a service's jobs are created, from the JSON Schemas of its types' parameters. */
export function creationContent(service: Service): Content {
  return {
    "application/x-www-form-urlencoded": { schema: bodySchema(service, "Form"), ...examplesOf(service, "Form") },
    "multipart/form-data": { schema: bodySchema(service, "Multipart") },
    "application/json": { schema: bodySchema(service, "Json"), ...examplesOf(service, "Json") },
  };
}

/** Of one type it is what that type takes; of several, that of the one which the type parameter names. */
function bodySchema(service: Service, kind: BodyKind): object {
  const { types, typeParameter } = service;
  const [only, ...others] = types;
  if (only !== undefined && others.length === 0) return creationSchema(service, only, kind);
  const choice = {
    type: "object",
    required: [typeParameter],
    oneOf: types.map((type) => ({ $ref: creationReference(service, type, kind) })),
    discriminator: {
      propertyName: typeParameter,
      mapping: Object.fromEntries(types.map((type) => [type.name, creationReference(service, type, kind)])),
    },
  };
  // Of a form, programs that draw one look for the fields themselves.
  return kind === "Json" ? choice : { ...choice, properties: fieldsOf(service, kind) };
}

/**
 * All fields of all types. What a field may hold depends on the type, where several have one of that name. Defaults are left to
 * the types: programs that draw forms send them, and would send those of every type.
 */
function fieldsOf(service: Service, kind: BodyKind): JsonObject {
  const { types, typeParameter } = service;
  const named = new Map<string, Json[]>();
  for (const type of types) {
    const { properties } = creationSchema(service, type, kind) as { properties: JsonObject };
    for (const [name, property] of Object.entries(properties)) {
      const known = named.get(name) ?? [];
      const field = withoutDefault(property);
      if (!known.some((other) => Bun.deepEquals(other, field))) named.set(name, [...known, field]);
    }
  }
  const fields = [...named].map(([name, variants]) => [name, eitherOf(variants)]);
  return { ...Object.fromEntries(fields), [typeParameter]: typeSchema(service) };
}

function withoutDefault(property: Json): Json {
  if (!isJsonObject(property)) return property;
  const { default: _default, ...rest } = property;
  return rest;
}

/** Programs that draw forms know a file by its format, and do not look for it in alternatives. */
function eitherOf(variants: readonly Json[]): Json {
  const [first = {}, ...others] = variants;
  const files = variants.every((variant) => isJsonObject(variant) && variant.format === "binary");
  return others.length === 0 || files ? first : { anyOf: variants };
}

function typeSchema({ types }: Service): JsonObject {
  const meanings = types.map(({ name, title }) => `${name} = ${title}`);
  return {
    type: "string",
    enum: types.map(({ name }) => name),
    description: `What kind of job: ${meanings.join("; ")}`,
  };
}

/** The examples of the descriptions, as bodies. */
function examplesOf(service: Service, kind: "Form" | "Json"): { readonly examples?: Record<string, ExampleObject> } {
  const { types, typeParameter } = service;
  const examples = types.flatMap((type) =>
    type.examples.map(({ title, parameters }, index): [string, ExampleObject] => {
      const { name } = type;
      const typed = types.length > 1 ? { [typeParameter]: name } : {};
      const value =
        kind === "Form" ? { ...typed, ...formExample(type, parameters) } : { ...typed, phase: "RUN", parameters };
      return [`${name}-${index + 1}`, { summary: title, value }];
    }),
  );
  return examples.length === 0 ? {} : { examples: Object.fromEntries(examples) };
}

/** An array of numbers is one text in a form, where its xtype says so. */
function formExample(type: JobDescription, parameters: Readonly<Record<string, Json>>): JsonObject {
  const values = Object.entries(parameters).map(([name, value]) => [name, formValue(value, arrayForm(type, name))]);
  return Object.fromEntries(values);
}

/** The same as parameters of a query that also runs the job: what is required must be there. */
export function creationQuery(service: Service): ParameterObject[] {
  const { types, typeParameter } = service;
  const several = types.length > 1;
  const needed = several
    ? types.map(requiredOf).reduce((all, next) => all.filter((name) => next.includes(name)))
    : types.flatMap(requiredOf);
  const fields = several ? fieldsOf(service, "Form") : fieldsOfOne(types);
  const ordered = several ? { [typeParameter]: fields[typeParameter] ?? {}, ...fields } : fields;
  return Object.entries(ordered).map(([name, property]) => {
    const { description: text, ...schema }: JsonObject = isJsonObject(property) ? property : {};
    const shown = queryParameter(name, typeof text === "string" ? text.trim() : name, schema);
    return name === typeParameter || needed.includes(name) ? { ...shown, required: true } : shown;
  });
}

function fieldsOfOne([type]: readonly JobDescription[]): JsonObject {
  if (type === undefined) return {};
  const properties = Object.entries(propertiesOf(inlineSchema(type.parameters)));
  const fields = properties.map(([name, property]) => [name, formSchemaOf(property)]);
  return { ...Object.fromEntries(fields), ...controls, ...(priorityOf(type) as JsonObject) };
}

/** A default stands in for what is required. */
function requiredOf({ parameters }: JobDescription): string[] {
  const properties = propertiesOf(inlineSchema(parameters));
  const required = Array.isArray(parameters.required) ? (parameters.required as readonly Json[]).map(String) : [];
  return required.filter((name) => {
    const property = properties[name];
    return !(isJsonObject(property) && property.default !== undefined);
  });
}
