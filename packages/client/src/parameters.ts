/** A value of a parameter, or several under one name. */
export type ParameterValue = string | number | boolean;
export type Parameters = Readonly<Record<string, ParameterValue | readonly ParameterValue[]>>;

/** As a form has them: names may repeat, and keep their order. */
export function parameterFields(parameters: Parameters): [name: string, value: string][] {
  return Object.entries(parameters).flatMap(([name, value]) =>
    [value].flat().map((item): [string, string] => [name, String(item)]),
  );
}
