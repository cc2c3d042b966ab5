import { jobSchema } from "@uws/representation";

const time = { type: "string", format: "date-time" } as const;

/** The job as JSON, with the history of its attempts and its place in the queue, which only this resource knows. */
export const jobWithAttemptsSchema = {
  ...jobSchema,
  properties: {
    ...jobSchema.properties,
    attempts: {
      type: "array",
      items: {
        type: "object",
        properties: {
          number: { type: "integer", minimum: 1 },
          worker: { type: "string" },
          startTime: time,
          endTime: { ...time, type: ["string", "null"] },
          outcome: { type: ["string", "null"] },
          message: { type: ["string", "null"] },
        },
      },
    },
    queue: {
      type: ["object", "null"],
      description: "Where the job stands while it waits for a worker",
      properties: { ahead: { type: "integer", minimum: 0, description: "Jobs before it" } },
      required: ["ahead"],
    },
  },
  required: [...jobSchema.required, "attempts", "queue"],
};

/** The schema of one member of a job. */
export function jobSchemaMember(name: "parameters" | "results"): object {
  return { $ref: `#/components/schemas/Job/properties/${name}` };
}
