/** What an operator may set: by environment variables and one YAML file, checked as a whole before anything starts. */
export type { Config, GrpcConfig, ProxiesConfig, ServiceConfig, Timing } from "./config.ts";
export { ConfigError, loadConfig } from "./load-config.ts";
export { isLoopback } from "./loopback.ts";
