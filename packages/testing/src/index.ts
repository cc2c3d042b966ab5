/** Real servers for tests: one PostgreSQL and one nats-server for the run, a database for each test file. */
export { type HeldRow, holdRow } from "./hold-row.ts";
export { natsUrl, type TestDatabase, testDatabase } from "./services.ts";
export { until } from "./until.ts";
