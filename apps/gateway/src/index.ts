/** The gateway: the worker protocol (proto/uws/worker/v1) over the store and the message queue. */
export type { GatewayDependencies } from "./dependencies.ts";
export { type Gateway, startGateway } from "./gateway.ts";
