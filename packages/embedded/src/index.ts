export { EmbeddedError, type EmbeddedErrorCode } from "./error.ts";
export { type NatsOptions, type RunningNats, startNats } from "./nats/start-nats.ts";
export { findRunningPostgres } from "./postgres/find-running.ts";
export {
  type PostgresOptions,
  type PostgresStop,
  type RunningPostgres,
  startPostgres,
} from "./postgres/start-postgres.ts";
