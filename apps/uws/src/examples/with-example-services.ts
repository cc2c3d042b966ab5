import { join } from "node:path";
import { type Config, loadConfig } from "@uws/config";
import { examplesFolder } from "./programs.ts";

/** A configuration with the services of all examples; those that it has already under the same path stay as they are. */
export function withExampleServices(config: Config): Config {
  const { services } = loadConfig({ UWS_CONFIG: join(examplesFolder, "uws.yaml") }, examplesFolder);
  const taken = new Set(config.services.map(({ path }) => path));
  return { ...config, services: [...config.services, ...services.filter(({ path }) => !taken.has(path))] };
}
