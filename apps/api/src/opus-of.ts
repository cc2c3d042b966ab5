import { fileTypes, inputParameters, type JobDescription } from "@uws/description";
import { opusDescriptions } from "@uws/representation";

/** The VOTable by which OPUS and its clients know these job types. */
export function opusOf(types: readonly JobDescription[]): string {
  return opusDescriptions(
    types.map((type) => {
      const parameters = inputParameters(type);
      const files = parameters.filter(({ file }) => file).map(({ name }) => [name, fileTypes(type, name)]);
      return {
        ...type,
        executionDuration: type.executionDuration.default,
        quote: type.estimate,
        parameters,
        fileTypes: Object.fromEntries(files),
      };
    }),
  );
}
