import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { loadConfig } from "@uws/config";
import { type Site, startSite } from "../support/site.ts";

const folder = join(import.meta.dirname, "../../apps/workers");

/** A server with the services of all examples, and one example worker, which is ended with it. */
export async function startExample(command: readonly string[]): Promise<Site> {
  const { services } = loadConfig({ UWS_CONFIG: join(folder, "uws.yaml") }, folder);
  const site = await startSite({ services: () => services });
  const [program = "", ...args] = command;
  const worker = spawn(program, args, {
    env: { ...process.env, UWS_GATEWAY: site.running.gateway },
    stdio: ["ignore", "ignore", "inherit"],
  });
  return {
    ...site,
    async stop() {
      if (worker.exitCode === null && worker.signalCode === null) {
        const exited = once(worker, "exit");
        worker.kill("SIGKILL");
        await exited;
      }
      await site.stop();
    },
  };
}
