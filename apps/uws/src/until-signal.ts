/** Milliseconds in which a signal that comes again is the same one: runners (npx, bun run) hand Ctrl-C on once more. */
const sameSignal = 1000;

/** Resolves with the first SIGINT or SIGTERM; one that comes later, while the process stops, ends it at once. */
export function untilSignal(): Promise<NodeJS.Signals> {
  return new Promise((resolve) => {
    let told: number | undefined;
    const on = (signal: NodeJS.Signals) => {
      if (told !== undefined && performance.now() - told > sameSignal) process.exit(130);
      told ??= performance.now();
      resolve(signal);
    };
    process.on("SIGINT", on);
    process.on("SIGTERM", on);
  });
}
