/** Where the worker itself reports; what a handler logs goes to the job. pino and console fit. */
export interface WorkerLogger {
  debug(message: string): void;
  info(message: string): void;
  warn(message: string): void;
  error(message: string): void;
}

const write = (level: string) => (message: string) => console.error(`${new Date().toISOString()} ${level} ${message}`);

/** Lines on stderr, without debug. */
export const consoleLogger: WorkerLogger = {
  debug() {},
  info: write("info"),
  warn: write("warn"),
  error: write("error"),
};
