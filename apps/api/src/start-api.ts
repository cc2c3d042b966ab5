import { BasicAuthenticator, BearerAuthenticator, firstOf } from "@uws/auth";
import { type Config, ConfigError } from "@uws/config";
import { Remembered } from "@uws/core";
import { phasesOf } from "@uws/store";
import { type AcceptedTypes, acceptedTypes } from "./accepted-types.ts";
import { AcceptedWatch } from "./accepted-watch.ts";
import { jsonAnswer } from "./answers.ts";
import type { Api, ApiDependencies } from "./dependencies.ts";
import { Descriptions } from "./descriptions.ts";
import { inTurn } from "./in-turn.ts";
import { loadServices } from "./load-services.ts";
import { openApiDocument } from "./openapi/document.ts";
import { Quotes } from "./quotes.ts";
import { routerOf } from "./router.ts";
import { saveTypes } from "./save-types.ts";
import { listeningAt, type RouterFor, startServer } from "./server.ts";
import { serverRoutes } from "./server-routes.ts";
import type { Service } from "./service.ts";
import { serviceRoutes } from "./service-routes.ts";
import { ShownJobs } from "./shown-jobs.ts";
import { SingleFlight } from "./single-flight.ts";
import { waitAtMost } from "./wait-at-most.ts";
import { Waiters } from "./waiters.ts";

export interface RunningApi {
  /** http://host:port, no slash at its end. */
  readonly url: string;
  readonly port: number;
  /** WAIT and event requests that are open now. */
  waiting(): number;
  /**
   * Serves the services of another configuration from the next request on; requests in flight go on as they began. Other settings
   * than `services` stay as they are.
   * @throws ConfigError, or what the database says; then nothing has changed
   */
  reload(config: Config): Promise<void>;
  /**
   * Stops gracefully: says that it is not ready and serves on for config.timing.leave; then no new connections, waiters answered, event streams ended, requests in flight finished, as long as
   * config.timing.shutdown allows.
   */
  stop(): Promise<void>;
}

/** Starts the HTTP API of all configured services. */
export async function startApi(given: ApiDependencies): Promise<RunningApi> {
  const { config, store, dispatch, log } = given;
  const accepted = await acceptedTypes(config, store, log);
  const services = await loadServices(config, accepted);
  await saveTypes(services, store);
  const leaving = new AbortController();
  const stopping = new AbortController();
  const api: Api = {
    ...given,
    authenticate: firstOf(
      config.auth.basic ? [new BasicAuthenticator(store), new BearerAuthenticator(store)] : [],
      config.auth.anonymous,
    ),
    quotes: new Quotes(store),
    descriptions: new Descriptions(store),
    lookAtTypes: () => watch.look(),
    reads: new SingleFlight(),
    shown: new ShownJobs(),
    // Milliseconds, and services at most.
    statistics: new Remembered(1000, 10_000),
    since: new Date(),
    leaving: leaving.signal,
    stopping: stopping.signal,
    waiters: new Waiters({
      onJob: (listener) => dispatch.news.onJob(listener),
      phasesOf: (ids) => phasesOf(store, ids),
      connected: () => dispatch.connected(),
      limit: config.waiting.clients,
      callerLimit: config.waiting.clientsPerCaller,
      interval: config.waiting.look,
      stopping: stopping.signal,
      onError: (error) => log.warn({ err: error }, "waiting clients could not be looked after"),
    }),
  };
  api.descriptions.replace(services);
  const { server, replaceRouter } = startServer(api, await routerFor(services, config));
  /** What is served, and what it was made of. */
  let served = { config, accepted: digestsOf(accepted) };
  const oneByOne = inTurn();
  const replaceServices = async (next: Config, types: AcceptedTypes) => {
    const others = await loadServices(next, types);
    const router = await routerFor(others, config);
    await saveTypes(others, store);
    // Nothing can come between the two.
    replaceRouter(router);
    api.descriptions.replace(others);
    served = { config: next, accepted: digestsOf(types) };
  };
  const watch = new AcceptedWatch(
    () =>
      oneByOne(async () => {
        const types = await acceptedTypes(served.config, store, log);
        if (digestsOf(types) === served.accepted) return;
        await replaceServices(served.config, types).catch((error) => {
          // It will not be better the next time, unless something else is accepted.
          if (error instanceof ConfigError) served = { ...served, accepted: digestsOf(types) };
          throw error;
        });
        log.info({ types: [...types.keys()] }, "other descriptions of workers are served");
      }),
    config.timing.sweep,
    log,
  );
  const url = listeningAt(server);
  log.info({ url }, "api is listening");
  return {
    url,
    port: Number(new URL(url).port),
    waiting: () => api.waiters.size,
    reload: (next) => oneByOne(async () => await replaceServices(next, await acceptedTypes(next, store, log))),
    async stop() {
      watch.stop();
      leaving.abort();
      await new Promise((resolve) => setTimeout(resolve, config.timing.leave));
      stopping.abort();
      await waitAtMost(server.stop(false), config.timing.shutdown);
      await server.stop(true);
    },
  };
}

/** All routes, and the document that is made of them and is itself behind one. */
async function routerFor(services: readonly Service[], config: Config): Promise<RouterFor> {
  let document: object = {};
  const routes = [...serverRoutes(services, () => jsonAnswer(document)), ...services.flatMap(serviceRoutes)];
  document = await openApiDocument(routes, services, config);
  return (exchangeOf) => routerOf(routes, exchangeOf).compile();
}

/** Says whether other descriptions are accepted than before. */
function digestsOf(types: AcceptedTypes): string {
  return [...types.values()].map(({ digest }) => digest).join(" ");
}
