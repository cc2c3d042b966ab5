import { type Rule, shown, without } from "../rule.ts";

const vosi = "apps/api/src/resources/vosi.test.ts";

/** "Job descriptions": one source, from which the rest comes. */
export const descriptions: readonly Rule[] = [
  {
    id: "description-immutable",
    rule: "A description is stored with its version and never changes; a job keeps the one under which it was created.",
    tests: [
      shown(
        "packages/store/src/descriptions.test.ts",
        "a description never changes, and a job keeps the one under which it was created",
      ),
    ],
    mutation: [
      without(
        "packages/store/src/commands/save-description.ts",
        "on conflict (digest) do nothing",
        "on conflict (digest) do update set version = excluded.version, document = excluded.document",
      ),
    ],
  },
  {
    id: "description-openapi",
    rule: "From it comes the OpenAPI operation that creates a job.",
    tests: [shown("apps/api/src/server.test.ts", "describes every operation, and the parameters of each job type")],
    mutation: [
      without(
        "apps/api/src/openapi/creation-schemas.ts",
        "const schema = inlineSchema(description.parameters);",
        "const schema = inlineSchema({});",
      ),
    ],
  },
  {
    id: "description-groups",
    rule: "Its groups name parameters that there are, each of them once.",
    tests: [
      shown(
        "packages/description/src/parse-description.test.ts",
        "a group names parameters that there are, each of them once",
      ),
    ],
    mutation: [
      without(
        "packages/description/src/parse-description.ts",
        "if (!known.includes(parameter))",
        "if (known.length < 0)",
      ),
    ],
  },
  {
    id: "description-vosi",
    rule: "From it come the parameters of VOSI capabilities.",
    tests: [shown(vosi, "list the parameters of the job type")],
    mutation: [
      without(
        "apps/api/src/type-parameters.ts",
        "const all = types.map(inputParameters);",
        "const all: InputParameter[][] = [];",
      ),
    ],
  },
  {
    id: "description-datalink",
    rule: "From it comes a DataLink service descriptor.",
    tests: [shown(vosi, "is JSON, YAML or a VOTable")],
    mutation: [
      without(
        "apps/api/src/resources/description.ts",
        "      return descriptorsOf(exchange, types);",
        "      return descriptionListJson(types, typeParameter);",
      ),
    ],
  },
  {
    id: "description-opus",
    rule: "From it comes an OPUS-style description.",
    tests: [shown(vosi, "is a job definition of OPUS for those who ask so, by Accept or by RESPONSEFORMAT")],
    mutation: [
      without(
        "apps/api/src/resources/description.ts",
        "return opusOf(types);",
        "return descriptionListJson(types, typeParameter);",
      ),
    ],
  },
  {
    id: "description-form",
    rule: "From it comes the form of the web page.",
    tests: [
      shown(
        "tests/browser/web-page-form.test.ts",
        "from the server's address to the form, where a refused value is shown at its field and nothing is lost",
      ),
    ],
    mutation: [without("apps/web/page/form/job-form.tsx", "group.parameters.map(", "[].map(")],
  },
  {
    id: "description-announced",
    rule: "A worker may announce descriptions; an operator decides.",
    tests: [
      shown(
        "apps/gateway/src/announcements.test.ts",
        "what is announced is ignored unless the operator says otherwise",
      ),
      shown("apps/gateway/src/announcements.test.ts", "held, it waits until an operator has decided"),
    ],
    mutation: [
      without("apps/gateway/src/announcements.ts", 'if (this.#mode === "ignore") {', "if (texts.length < 0) {"),
      without("apps/gateway/src/announcements.ts", 'this.#mode === "accept",', "true,"),
    ],
  },
];
