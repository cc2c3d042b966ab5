import { loadServices } from "@uws/api";
import { loadConfig } from "@uws/config";

/** `uws check-config`: what a process that starts now, or is sent SIGHUP, would serve; or all that is wrong. Needs no server. */
export async function checkConfig(): Promise<void> {
  for (const { listPath, types, typeParameter } of await loadServices(loadConfig(process.env, process.cwd()))) {
    const names = types.map(({ name, version }) => `${name} ${version}`).join(", ");
    console.log(`${listPath}  ${types.length === 1 ? "" : `${typeParameter}: `}${names}`);
  }
}
