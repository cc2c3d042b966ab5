import {
  type GivenParameter,
  type JobDescription,
  type JsonObject,
  parameterForm,
  validateParameters,
} from "@uws/description";
import { JobFailure, type ParameterEntry, type UploadedFile } from "@uws/worker";

/** A parameter's values: texts, or the file that was uploaded for it. */
export interface Given {
  readonly texts: readonly string[];
  readonly file: UploadedFile | undefined;
}

/**
 * A job's parameters by the names of the description, defaults filled in.
 * @throws JobFailure when the description does not allow them: the server may know another version of it
 */
export function valuesOf(description: JobDescription, entries: readonly ParameterEntry[]): Map<string, Given> {
  const problems = validateParameters(description, entries.map(asGiven), { complete: true });
  if (problems.length > 0) {
    const { name, version } = description;
    throw new JobFailure(`the parameters do not fit version ${version} of ${name}, which this worker runs`, {
      detail: problems.map(({ message }) => message).join("\n"),
    });
  }
  const values = new Map<string, Given>();
  for (const name of Object.keys((description.parameters.properties ?? {}) as JsonObject)) {
    const form = parameterForm(description, name);
    if (form === undefined) continue;
    const ours = entries.filter((entry) => entry.name.toLowerCase() === name.toLowerCase());
    const file = ours.find((entry) => entry.file !== undefined)?.file;
    const written = ours.flatMap(({ value }) => (value === undefined ? [] : [value]));
    const texts = form.values(ours.length === 0 ? form.defaults : written);
    if (file !== undefined || texts.length > 0) values.set(name, { texts, file });
  }
  return values;
}

function asGiven({ name, value, file }: ParameterEntry): GivenParameter {
  if (file === undefined) return { name, value };
  const { mediaType, size, filename } = file;
  return { name, upload: { mediaType, size, filename } };
}
