import type { Json, JsonObject } from "./canonical-json.ts";

/**
 * What there is to know about a job type, from one file (docs: product.md, "Job descriptions"). Frozen: a description
 * that changes is another one, with another digest.
 */
export interface JobDescription {
  /** The job type. */
  readonly name: string;
  readonly version: string;
  readonly title: string;
  readonly description: string;
  readonly contact: { readonly name?: string; readonly email?: string } | undefined;
  /** URL. */
  readonly documentation: string | undefined;
  /** JSON Schema 2020-12 of type object; a property for each parameter. */
  readonly parameters: JsonObject;
  /** Parameters that a person sees together. */
  readonly groups: readonly ParameterGroup[];
  readonly results: readonly ResultDescription[];
  /** Seconds; 0 = unlimited. */
  readonly executionDuration: Limited;
  /** Seconds from creation; 0 = never. */
  readonly destruction: Limited;
  readonly retry: { readonly maxAttempts: number };
  /** Jobs of this type that may run at once, all workers together; undefined = as many as there are workers. */
  readonly concurrency: number | undefined;
  /** Which jobs come first, -1000 to 1000; with it clients may give a PRIORITY. Undefined = all are equal (0). */
  readonly priority: Limited | undefined;
  /** Those of one owner (anonymous clients count together). */
  readonly ownerConcurrency: number | undefined;
  /** Seconds that a job is expected to take, for quotes as long as nothing was measured. */
  readonly estimate: number | undefined;
  readonly examples: readonly Example[];
  /** SHA-256 of the canonical JSON of the document. */
  readonly digest: string;
  /**
   * The document as its author wrote it, nothing filled in. What is stored is this, as text: a database that sorts the
   * members of an object would lose the order in which parameters are shown.
   */
  readonly document: JsonObject;
}

/** What a job gets when it does not ask, and the most that it can ask for. */
export interface Limited {
  readonly default: number;
  readonly max: number;
}

/** Parameters that belong together, for those who show them; they are checked as all others. */
export interface ParameterGroup {
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** Names, as `parameters` has them. */
  readonly parameters: readonly string[];
}

export interface ResultDescription {
  readonly id: string;
  readonly mediaType: string;
  readonly description: string;
}

export interface Example {
  readonly title: string;
  readonly parameters: Readonly<Record<string, Json>>;
}

/** What holds where a description does not say. */
export const descriptionDefaults = {
  executionDuration: { default: 3600, max: 24 * 3600 },
  destruction: { default: 7 * 24 * 3600, max: 30 * 24 * 3600 },
  retry: { maxAttempts: 3 },
} as const;
