import { limits, UwsError } from "@uws/core";
import { addUserToken, hashToken, listUserTokens, newUserToken, removeUserToken, type UserToken } from "@uws/store";
import { jsonAnswer } from "./answers.ts";
import { jsonReader } from "./body/json-reader.ts";
import { refuseCrossSite } from "./cross-site.ts";
import { type Exchange, shorten } from "./exchange.ts";
import { nameParameter, ok, refusals } from "./openapi/operation.ts";
import type { PathParameters, Route } from "./route.ts";
import type { Service } from "./service.ts";

/** What a user asks for. */
interface TokenRequest {
  readonly name: string;
  readonly readOnly?: boolean;
  readonly services?: readonly string[];
  /** Seconds. */
  readonly lifetime?: number;
}

/** Seconds; ten years. */
const longestLifetime = 3650 * 86_400;

const text = { type: "string" };
const requestSchema = {
  type: "object",
  properties: {
    name: { type: "string", pattern: "^[A-Za-z0-9._-]{1,100}$", description: "Names the token in lists and messages" },
    readOnly: { type: "boolean", default: false, description: "Whether it is good for reading only" },
    services: {
      ...{ type: "array", items: text, minItems: 1, maxItems: 100, uniqueItems: true },
      description: "Paths of the services for which it is good; all unless given",
    },
    lifetime: { type: "integer", minimum: 1, maximum: longestLifetime, description: "Seconds; for ever unless given" },
  },
  required: ["name"],
  additionalProperties: false,
};

const shownProperties = {
  name: text,
  readOnly: { type: "boolean" },
  services: { type: ["array", "null"], items: text, description: "null = all" },
  creationTime: text,
  expiry: { type: ["string", "null"], description: "null = never" },
  expired: { type: "boolean" },
};
const shownSchema = { type: "object", properties: shownProperties, required: Object.keys(shownProperties) };

const readRequest = jsonReader<TokenRequest>(requestSchema);

/** Where users make tokens for their programs, see them and take them back (ours; JSON). Whoever comes with a token makes none. */
export function userTokenRoutes(services: readonly Service[]): readonly Route[] {
  const paths: ReadonlySet<string> = new Set(services.map(({ path }) => path));
  const about = { description: "For users who have logged in with their password.", tags: ["server"] };
  return [
    {
      path: "/tokens",
      methods: {
        GET: {
          handle: list,
          detail: {
            ...{ summary: "List the tokens by which your programs log in", ...about },
            responses: {
              ...ok("Them, by name", schemaOf({ type: "array", items: shownSchema })),
              ...refusals(401, 403),
            },
          },
        },
        POST: {
          handle: (exchange) => add(exchange, paths),
          detail: {
            ...{ summary: "Make a token, which is shown once", ...about },
            requestBody: { required: true, content: { "application/json": { schema: requestSchema } } },
            responses: {
              "201": {
                description: "The token: programs send `Authorization: Bearer …`",
                content: { "application/json": { schema: withToken } },
              },
              ...refusals(400, 401, 403, 409, 413, 415),
            },
          },
        },
      },
    },
    {
      path: "/tokens/:name",
      methods: {
        DELETE: {
          handle: remove,
          detail: {
            ...{ summary: "Take a token back: it counts no more at once", ...about },
            parameters: [nameParameter("token")],
            responses: { "204": { description: "Done" }, ...refusals(401, 403, 404) },
          },
        },
      },
    },
  ];
}

const withToken = {
  ...shownSchema,
  properties: { ...shownProperties, token: text },
  required: [...shownSchema.required, "token"],
};

function schemaOf(items: object) {
  return { "application/json": { schema: { type: "object", properties: { tokens: items }, required: ["tokens"] } } };
}

async function list(exchange: Exchange): Promise<Response> {
  const owner = await userOf(exchange);
  return jsonAnswer({ tokens: (await listUserTokens(exchange.api.store, owner)).map(json) });
}

async function add(exchange: Exchange, paths: ReadonlySet<string>): Promise<Response> {
  const { api, request, origin } = exchange;
  const owner = await userOf(exchange);
  refuseCrossSite(request.headers, origin);
  const { name, readOnly = false, services, lifetime } = await readRequest(request);
  const unknown = services?.find((path) => !paths.has(path));
  if (unknown !== undefined) throw new UwsError("invalid", `services: there is no service ${shorten(unknown)} here.`);
  const token = newUserToken();
  const wanted = { owner, name, hash: hashToken(token), readOnly, services, lifetime };
  const outcome = await addUserToken(api.store, wanted, limits.userTokens);
  // A user who was removed in between.
  if (outcome === "unknown") throw new UwsError("unauthenticated", "Credentials are needed.");
  if (outcome === "taken") throw new UwsError("conflict", `You have a token named ${name}; take it back first.`);
  if (outcome === "full") {
    throw new UwsError("conflict", `You have ${limits.userTokens} tokens, which is as many as may be; take some back.`);
  }
  api.log.info({ owner, token: name, readOnly, services }, "a user made a token");
  const made = (await listUserTokens(api.store, owner)).find((each) => each.name === name);
  if (made === undefined) throw new UwsError("conflict", `The token ${name} was taken back as it was made.`);
  const answer = jsonAnswer({ ...json(made), token }, 201);
  answer.headers.set("cache-control", "no-store");
  return answer;
}

async function remove(exchange: Exchange, { name }: PathParameters): Promise<Response> {
  const { api, request, origin } = exchange;
  const owner = await userOf(exchange);
  refuseCrossSite(request.headers, origin);
  if (!(await removeUserToken(api.store, owner, name ?? ""))) {
    throw new UwsError("not_found", `You have no token ${shorten(name ?? "")}.`);
  }
  api.log.info({ owner, token: name }, "a user took a token back");
  return new Response(null, { status: 204 });
}

/** @throws UwsError "unauthenticated" where logging in may help, else "forbidden" */
async function userOf(exchange: Exchange): Promise<string> {
  const { api, request } = exchange;
  if (!api.config.auth.basic) throw new UwsError("forbidden", "This server has no users (auth.basic).");
  const { owner, scope } = await api.authenticate(request);
  exchange.owner = owner;
  if (owner === undefined) throw new UwsError("unauthenticated", "Tokens are for users: credentials are needed.");
  if (scope !== undefined)
    throw new UwsError("forbidden", "This is for users who log in with their password, not by a token.");
  return owner;
}

function json({ creationTime, expiry, ...rest }: UserToken): object {
  return { ...rest, creationTime: creationTime.toISOString(), expiry: expiry?.toISOString() ?? null };
}
