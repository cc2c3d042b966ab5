import { expect, test } from "bun:test";
import { validateParameters } from "../validate-parameters.ts";
import { importJsonSchema } from "./json-schema.ts";
import { importOpenApi } from "./openapi.ts";

const openapi = `
openapi: 3.0.3
info: { title: Sky, version: 1.4.0, contact: { name: Ada, email: ada@example.org, url: "https://x.org" } }
paths:
  /search/{catalogue}:
    parameters:
      - { name: catalogue, in: path, required: true, schema: { type: string } }
    post:
      operationId: coneSearch
      summary: Search a cone
      description: Finds what is in a cone.
      externalDocs: { url: https://example.org/cone }
      parameters:
        - $ref: "#/components/parameters/Limit"
        - { name: X-Trace, in: header, schema: { type: string } }
      requestBody:
        required: true
        content:
          application/json: { schema: { type: object, properties: { other: {} } } }
          multipart/form-data:
            schema:
              allOf:
                - $ref: "#/components/schemas/Cone"
                - type: object
                  required: [table]
                  properties:
                    table: { type: string, format: binary, description: Positions }
                    shape: { $ref: "#/components/schemas/Shape" }
            encoding: { table: { contentType: "text/csv, application/x-votable+xml" } }
      responses:
        "200": { description: The matches, content: { application/x-votable+xml: {} } }
  /raw:
    put: { operationId: raw, requestBody: { content: { image/png: {} } }, responses: {} }
components:
  parameters:
    Limit: { name: limit, in: query, description: Rows, schema: { type: integer, format: int32, nullable: true, example: 5 } }
  schemas:
    Cone:
      type: object
      description: A cone
      required: [radius, id]
      properties:
        id: { type: string, readOnly: true }
        radius: { type: number, minimum: 0, exclusiveMinimum: true, maximum: 5, xml: { name: r } }
        epoch: { type: string, format: julian }
    Shape:
      type: object
      properties: { parts: { type: array, items: { $ref: "#/components/schemas/Shape" } } }
`;

test("an operation becomes a job type: its parameters, the parts of its body, its answer", () => {
  const { description, leftOut } = importOpenApi(openapi, "sky.yaml", { operation: "coneSearch" });
  expect(description.document).toEqual({
    name: "cone-search",
    version: "1.4.0",
    title: "Search a cone",
    description: "Finds what is in a cone.",
    contact: { name: "Ada", email: "ada@example.org" },
    documentation: "https://example.org/cone",
    parameters: {
      type: "object",
      required: ["catalogue", "radius", "table"],
      properties: {
        catalogue: { type: "string" },
        limit: { description: "Rows", type: ["integer", "null"], format: "int32", examples: [5] },
        radius: { type: "number", exclusiveMinimum: 0, maximum: 5 },
        epoch: { type: "string" },
        table: {
          type: "string",
          description: "Positions",
          "x-file": { mediaTypes: ["text/csv", "application/x-votable+xml"] },
        },
        shape: { $ref: "#/$defs/Shape" },
      },
      $defs: {
        Shape: { type: "object", properties: { parts: { type: "array", items: { $ref: "#/$defs/Shape" } } } },
      },
    },
    results: [{ id: "result", mediaType: "application/x-votable+xml", description: "The matches" }],
  });
  expect(leftOut.join("\n")).toMatch(/X-Trace[\s\S]*id: the server writes it[\s\S]*epoch\.format: julian/);
  const problems = validateParameters(description, [{ name: "radius", value: "0" }], { complete: false });
  expect(problems.map(({ message }) => message)).toEqual(['radius="0" must be > 0']);
});

test("a schema of an OpenAPI document becomes one, under its own name or another", () => {
  const { description } = importOpenApi(openapi, "sky.yaml", { schema: "#/components/schemas/Cone" });
  expect(description).toMatchObject({ name: "cone", version: "1.4.0", title: "Cone", description: "A cone" });
  const other = importOpenApi(openapi, "x", { schema: "#/components/schemas/Cone", name: "other", version: "2" });
  expect(other.description).toMatchObject({ name: "other", version: "2" });
});

const draft = {
  $schema: "http://json-schema.org/draft-07/schema#",
  title: "Make Map",
  type: "object",
  required: ["pair"],
  properties: {
    pair: { type: "array", items: [{ type: "number" }, { type: "string" }] },
    colour: { $ref: "#/definitions/colour" },
    width: { type: "integer", exclusiveMinimum: 0 },
  },
  dependencies: { colour: ["width"] },
  additionalProperties: false,
  definitions: { colour: { enum: ["red", "blue"] } },
};

test("a JSON Schema of an older draft becomes one of 2020-12", () => {
  const { description, leftOut } = importJsonSchema(JSON.stringify(draft), "map.json");
  expect(description.document).toEqual({
    name: "make-map",
    version: "1",
    title: "Make Map",
    parameters: {
      type: "object",
      required: ["pair"],
      dependentRequired: { colour: ["width"] },
      additionalProperties: false,
      properties: {
        pair: { type: "array", prefixItems: [{ type: "number" }, { type: "string" }] },
        colour: { $ref: "#/$defs/colour" },
        width: { type: "integer", exclusiveMinimum: 0 },
      },
      $defs: { colour: { enum: ["red", "blue"] } },
    },
  });
  expect(leftOut).toEqual([]);
});

test.each([
  ["an operation that is not there", { operation: "x" }, "there is no operation x; operations are: coneSearch, raw"],
  ["no part", {}, "say which --operation or --schema"],
  [
    "a body without names",
    { operation: "raw" },
    "requestBody: cannot be expressed in a job description: a body of image/png",
  ],
  ["a schema that is not there", { schema: "#/components/schemas/Y" }, "there is nothing at #/components/schemas/Y"],
  ["a schema of no object", { schema: "#/components/parameters/Limit/schema" }, 'this is "integer"'],
])("%s is refused by its name", (_what, part, message) => {
  expect(() => importOpenApi(openapi, "sky.yaml", part)).toThrow(message);
});

test.each([
  [{ ...draft, properties: { colour: { $ref: "https://x.org/y" } } }, "https://x.org/y is in another document"],
  [{ ...draft, title: undefined }, "give the job type a name"],
  [{ ...draft, properties: { "a b": {} } }, "parameters.properties.a b"],
  [
    {
      ...draft,
      properties: { a: { $ref: "#/definitions/loop" } },
      definitions: { loop: { $ref: "#/definitions/loop" } },
    },
    "itself",
  ],
])("what cannot be expressed is refused: %#", (schema, message) => {
  expect(() => importJsonSchema(JSON.stringify(schema), "map.json")).toThrow(message);
});

test("what is no OpenAPI 3 document is said to be none", () => {
  expect(() => importOpenApi('{"swagger": "2.0"}', "x.json", { operation: "a" })).toThrow("no OpenAPI 3 document");
  expect(() => importOpenApi("a: [", "x.json", { operation: "a" })).toThrow("neither YAML nor JSON");
});
