/**
 * A parameter that a job type takes, as descriptions for other programs show it (VOSI capabilities, DataLink service
 * descriptors). They know less than JSON Schema: what they cannot say is still checked when a job is created.
 */
export interface InputParameter {
  readonly name: string;
  /** What it means, for a person; empty where nobody says. */
  readonly description: string;
  /** Of one value; what is none of the others is a string. */
  readonly type: "integer" | "number" | "boolean" | "string";
  /** Whether there may be several values: numbers in one array (DALI 1.1, section 3.3.5), others as repeated parameters. */
  readonly multiple: boolean;
  /** Numbers in one value that is an array by its xtype (interval: 2; polygon: *); undefined of every other value. */
  readonly arraysize: string | undefined;
  /** Whether a job cannot run without it. */
  readonly required: boolean;
  /** Whether it may be an uploaded file. */
  readonly file: boolean;
  readonly unit: string | undefined;
  readonly ucd: string | undefined;
  readonly utype: string | undefined;
  readonly xtype: string | undefined;
  readonly minimum: Bound | undefined;
  readonly maximum: Bound | undefined;
  /** The only values allowed, as a form holds them; empty = any that fits the rest. */
  readonly options: readonly string[];
  /** The value that stands where none is given, as a form holds it. */
  readonly default: string | undefined;
}

export interface Bound {
  readonly value: number;
  /** Whether the bound itself is allowed. */
  readonly inclusive: boolean;
}
