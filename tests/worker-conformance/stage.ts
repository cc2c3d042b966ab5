import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import type { Welcome } from "@uws/protocol";
import { ScriptedServer, type ScriptedStream } from "@uws/worker/testing";
import type { Tool } from "../support/tools/index.ts";
import type { Language } from "./languages.ts";
import { patience } from "./patience.ts";
import { WorkerProcess } from "./worker-process.ts";

/** How often a file is looked for. */
const lookMs = 10;

/** A scripted gateway, and a worker of one language beside it. */
export class Stage {
  readonly server: ScriptedServer;
  readonly language: Language;
  readonly #tool: Tool;
  readonly #folder: string;
  readonly #workers: WorkerProcess[] = [];

  private constructor(server: ScriptedServer, language: Language, tool: Tool, folder: string) {
    this.server = server;
    this.language = language;
    this.#tool = tool;
    this.#folder = folder;
  }

  static async set(language: Language, tool: Tool): Promise<Stage> {
    const server = await new ScriptedServer(undefined, patience).start();
    return new Stage(server, language, tool, await mkdtemp(join(tmpdir(), "uws-conformance-")));
  }

  /** Starts the worker, with these variables besides those that every one gets. */
  async start(env: Readonly<Record<string, string>> = {}): Promise<WorkerProcess> {
    const always = { UWS_GATEWAY: this.server.address, UWS_JOBS: this.language.jobs };
    const worker = await WorkerProcess.start(this.#tool, { ...always, ...env }, this.#folder);
    this.#workers.push(worker);
    return worker;
  }

  /** Starts the worker, and greets it. */
  async connect(env: Readonly<Record<string, string>> = {}, welcome: Welcome = {}): Promise<ScriptedStream> {
    return await this.unlessEnded(await this.start(env), this.server.welcomed(welcome));
  }

  /** Does not wait in vain for a worker that does not even start. */
  async unlessEnded<T>(worker: WorkerProcess, awaited: Promise<T>): Promise<T> {
    const ended = worker.exited.then((status) => {
      throw new Error(`the worker ended with ${status}`);
    });
    return await Promise.race([awaited, ended]);
  }

  /** A path for a file that is not there yet. */
  path(): string {
    return join(this.#folder, crypto.randomUUID());
  }

  /** Lets a job go on that waits for this file. */
  async touch(path: string): Promise<void> {
    await writeFile(path, "");
  }

  /** The content of a file, when it is there and has some. */
  async written(path: string): Promise<string> {
    for (const begun = performance.now(); performance.now() - begun < patience; await wait(lookMs)) {
      const content = await readFile(path, "utf8").catch(() => "");
      if (content !== "") return content;
    }
    throw new Error("waited in vain for the job to write its file");
  }

  /** What the workers printed. */
  async output(): Promise<string> {
    return (await Promise.all(this.#workers.map((worker) => worker.output()))).join("\n");
  }

  async clear(): Promise<void> {
    await Promise.all(this.#workers.map((worker) => worker.kill()));
    this.server.kill();
    await rm(this.#folder, { recursive: true, force: true });
  }
}
