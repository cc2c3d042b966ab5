import { phases } from "@uws/core";
import { jobSchema } from "@uws/representation";

const { progress, results } = jobSchema.properties;
const phase = { type: "string", enum: phases } as const;

const event = (name: string, description: string, data: object) => ({
  title: name,
  description,
  type: "object",
  properties: {
    event: { const: name },
    id: { type: "string", description: "Send it as Last-Event-ID to go on from there" },
    data,
  },
  required: ["event", "id", "data"],
});

/** The server-sent events of a job, each as its fields `event`, `id` and, parsed as JSON, `data`. */
export const jobEventSchema = {
  title: "Job event",
  oneOf: [
    event("phase", "The phase, at the beginning and whenever it changes", {
      type: "object",
      properties: { jobId: { type: "string" }, phase, attempt: { type: "integer", minimum: 0 } },
      required: ["jobId", "phase", "attempt"],
    }),
    event("progress", "How far the job is", { ...progress, type: "object" }),
    event("log", "A line of the worker's log", {
      type: "object",
      properties: {
        attempt: { type: "integer", minimum: 1 },
        time: { type: "string", format: "date-time" },
        level: { type: "string" },
        message: { type: "string" },
      },
      required: ["attempt", "time", "level", "message"],
    }),
    event("result", "A result that is there now", results.items),
    event("end", "The last event; null where the job is gone", {
      type: "object",
      properties: { phase: { type: ["string", "null"], enum: [...phases, null] } },
      required: ["phase"],
    }),
  ],
};
