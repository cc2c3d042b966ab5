import { swagger } from "@elysiajs/swagger";
import type { Config } from "@uws/config";
import { limits } from "@uws/core";
import { type JsonObject, servedSchema } from "@uws/description";
import { jobListSchema, problemSchema } from "@uws/representation";
import type { Route } from "../route.ts";
import { routerOf } from "../router.ts";
import { type Service, titleOf } from "../service.ts";
import { creationComponents } from "./creation-schemas.ts";
import { jobEventSchema } from "./event-schema.ts";
import { inlineSchema } from "./inline-schema.ts";
import { jobWithAttemptsSchema } from "./job-schema.ts";

/** Where the plugin puts the document in a router that never serves anybody. */
const specPath = "/document";

interface GeneratedDocument {
  readonly paths: Readonly<Record<string, Readonly<Record<string, object>>>>;
}

/**
 * The OpenAPI document of this server, as @elysiajs/swagger generates it from the routes.
 *
 * The plugin says 3.0.3, has a page that loads scripts from another host, and describes bodies only by schemas of Elysia's. So it
 * sits in a router of its own that is asked once; what the routes say is in their `detail`, written for 3.1.
 */
export async function openApiDocument(
  routes: readonly Route[],
  services: readonly Service[],
  { publicUrl, auth, uploadBytes }: Config,
): Promise<object> {
  const router = routerOf(routes, () => {
    throw new Error("this router only describes");
  });
  router.use(swagger({ path: "/page", specPath, excludeStaticFile: false }));
  const answer = await router.handle(new Request(`http://localhost${specPath}`));
  const { paths } = (await answer.json()) as GeneratedDocument;
  return {
    openapi: "3.1.0",
    info: {
      title: "bun-uws",
      version: "0.1.0",
      summary: "Long-running jobs",
      description:
        "Each service is an endpoint of the IVOA Universal Worker Service pattern 1.1 (https://www.ivoa.net/documents/UWS/).",
      license: { name: "Apache-2.0", identifier: "Apache-2.0" },
    },
    servers: [{ url: publicUrl ?? "/" }],
    tags: [...services.map(tagOf), { name: "server", description: "The server itself" }],
    paths: Object.fromEntries(Object.entries(paths).filter(([path]) => path !== specPath && path !== "/page")),
    "x-limits": requestLimits(uploadBytes),
    ...(auth.basic ? { security: [...(auth.anonymous ? [{}] : []), { basic: [] }, { user: [] }] } : {}),
    components: {
      securitySchemes: {
        ...(auth.basic ? userLogins : {}),
        worker: { type: "http", scheme: "bearer", description: "A worker's token, from `run tokens`" },
        attempt: { type: "http", scheme: "bearer", description: "The token that a claim gave with the job" },
      },
      schemas: {
        Job: jobWithAttemptsSchema,
        JobList: jobListSchema,
        JobEvent: jobEventSchema,
        JobDescription: inlineSchema(servedSchema as unknown as JsonObject),
        JobDescriptionList: jobDescriptionListSchema,
        Problem: problemSchema,
        ...creationComponents(services),
      },
    },
  };
}

const userLogins = {
  basic: { type: "http", scheme: "basic" },
  user: { type: "http", scheme: "bearer", description: "A user's token, from POST /tokens or `run users tokens`" },
};

/** What a request may hold, of whatever service; in bytes, characters and numbers of things. */
function requestLimits(uploadBytes: number): object {
  const { formBytes, parameters, parameterNameLength, runIdLength, batchJobs, batchBytes } = limits;
  return { uploadBytes, formBytes, parameters, parameterNameLength, runIdLength, batchJobs, batchBytes };
}

const jobDescriptionListSchema = {
  type: "object",
  properties: {
    typeParameter: { type: "string", description: "The parameter that names the type of a new job" },
    descriptions: { type: "array", items: { $ref: "#/components/schemas/JobDescription" } },
  },
  required: ["typeParameter", "descriptions"],
};

/** The operations of a service stand under its tag. */
function tagOf(service: Service): object {
  const [type, ...others] = service.types;
  if (type === undefined || others.length > 0) return { name: service.path, description: titleOf(service) };
  const { documentation, description, title } = type;
  return {
    name: service.path,
    description: description || title,
    ...(documentation === undefined ? {} : { externalDocs: { url: documentation } }),
  };
}
