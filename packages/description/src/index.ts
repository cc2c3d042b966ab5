/** Job descriptions: what a job type is, takes and gives. */
export { isJsonObject, type Json, type JsonObject } from "./canonical-json.ts";
export { descriptionJson, descriptionListJson } from "./emit-json.ts";
export { inputParameters } from "./emit-parameters.ts";
export { exampleQuery } from "./emit-query.ts";
export { descriptionListYaml, descriptionYaml } from "./emit-yaml.ts";
export { type GivenParameter, type GivenUpload, givenOf } from "./given-parameter.ts";
export { type HeadRule, headLength, headRule } from "./head-rule.ts";
export type { Imported, ImportNames } from "./import/imported.ts";
export { importJsonSchema } from "./import/json-schema.ts";
export { importOpenApi, type OpenApiPart } from "./import/openapi.ts";
export { importOpus } from "./import/opus.ts";
export {
  descriptionDefaults,
  type Example,
  type JobDescription,
  type Limited,
  type ParameterGroup,
  type ResultDescription,
} from "./job-description.ts";
export { loadDescription } from "./load-description.ts";
export { differences, meaningDigest } from "./meaning.ts";
export { metaSchema, servedSchema } from "./meta-schema.ts";
export { type ParameterForm, parameterForm } from "./parameter-form.ts";
export { canonicalName, type FileRule, fileLimit, fileRule, fileTypes, takesFile } from "./parameter-schema.ts";
export {
  type DescriptionFile,
  type Fault,
  parseDescription,
  parseDescriptionFile,
  readDescription,
} from "./parse-description.ts";
export { compileSchema, ruleOf } from "./schema-compiler.ts";
export { invalidParameters, validateParameters } from "./validate-parameters.ts";
export { type ArrayForm, arrayForm, formValue } from "./xtype/array-form.ts";
export { formSchemaOf, jsonSchemaOf } from "./xtype/xtype-schema.ts";
export { readYaml, YamlError, type YamlSource } from "./yaml-source.ts";
