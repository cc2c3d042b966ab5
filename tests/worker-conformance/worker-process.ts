import { type FileHandle, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Tool } from "../support/tools/index.ts";

/** A conformance worker that runs. */
export class WorkerProcess {
  readonly #process: Bun.Subprocess;
  readonly #output: FileHandle;
  readonly #path: string;

  private constructor(process: Bun.Subprocess, output: FileHandle, path: string) {
    this.#process = process;
    this.#output = output;
    this.#path = path;
  }

  static async start(tool: Tool, env: Readonly<Record<string, string>>, folder: string): Promise<WorkerProcess> {
    const path = join(folder, "output");
    const output = await open(path, "a");
    const process_ = Bun.spawn([...tool.command], {
      cwd: folder,
      env: { ...process.env, ...tool.env, ...env },
      stdio: ["ignore", output.fd, output.fd],
    });
    return new WorkerProcess(process_, output, path);
  }

  /** Its status. */
  get exited(): Promise<number> {
    return this.#process.exited;
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    this.#process.kill(signal);
  }

  /** What it printed, the end of it. */
  async output(): Promise<string> {
    return (await readFile(this.#path, "utf8")).slice(-4_000);
  }

  async kill(): Promise<void> {
    this.#process.kill("SIGKILL");
    await this.#process.exited;
    await this.#output.close();
  }
}
