/** UWS over HTTP: jobs, their list, live events, health, OpenAPI. */
export type { ApiDependencies } from "./dependencies.ts";
export { loadServices } from "./load-services.ts";
export { type RunningApi, startApi } from "./start-api.ts";
