import { UwsError } from "@uws/core";
import { shorten } from "../exchange.ts";
import { nameParameter, ok, refusals, schemaRef } from "../openapi/operation.ts";
import type { Resource } from "../resource.ts";
import { describeTypes, descriptionContent, responseFormat } from "./description.ts";

/** The description of one job type of a service (ours). */
export const typeDescription: Resource = {
  path: "/description/:name",
  open: true,
  methods: {
    GET: {
      async handle(exchange) {
        const { types } = exchange.service;
        const { name } = exchange.path;
        const found = types.find((type) => type.name === name.toLowerCase());
        if (found !== undefined) return describeTypes(exchange, [found]);
        const names = types.map((type) => type.name).join(", ");
        throw new UwsError("not_found", `There is no job type ${shorten(name)} here; there are: ${names}`);
      },
      describe: ({ types }) => ({
        summary: "Show the description of one job type",
        parameters: [
          {
            ...nameParameter("Name of the job type"),
            schema: { type: "string", examples: types.map(({ name }) => name) },
          },
          responseFormat,
        ],
        responses: {
          ...ok("The description", descriptionContent(schemaRef("JobDescription"))),
          "304": { description: "Unchanged" },
          ...refusals(400, 404),
        },
      }),
    },
  },
};
