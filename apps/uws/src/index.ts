/** What the command line starts, for tests and benchmarks that start it themselves. */
export { type Running, type StartOptions, startAll } from "./start-all.ts";
