import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { appendFile, copyFile, cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { natsUrl, type TestDatabase, testDatabase, until } from "@uws/testing";
import { runWell } from "./tools/run.ts";

const root = join(import.meta.dirname, "../..");

/** Files that a document lets its reader change. */
const changed = ["package.json", "uws.yaml"];
/** Folders that pip and Go leave their work in. */
const builtIn = ["packages/worker-python", "apps/workers/periodogram"];

export interface Block {
  /** What stands behind the language: `file=…`, `append=…`, `terminal=…`, another word; else `typed` for a shell, and `shown`. */
  readonly kind: string;
  readonly name: string;
  readonly text: string;
}

/** Who does what a document says, to the letter, in a clone of this repository. */
export class Follower {
  readonly #blocks: readonly Block[];
  readonly #terminals: ChildProcess[] = [];
  readonly #database: TestDatabase;
  readonly clone: string;
  readonly #http: number;
  /** For the server. */
  readonly environment: Readonly<Record<string, string>>;

  private constructor(blocks: readonly Block[], clone: string, database: TestDatabase, ports: readonly number[]) {
    const [http = 0, grpc = 0] = ports;
    this.#blocks = blocks;
    this.clone = clone;
    this.#database = database;
    this.#http = http;
    this.environment = {
      UWS_DATABASE_URL: database.url,
      UWS_NATS_PREFIX: `t${crypto.randomUUID().slice(0, 8)}`,
      UWS_HTTP_PORT: String(http),
      UWS_GRPC_PORT: String(grpc),
    };
  }

  /** @param file of the document, below the root of the repository */
  static async of(file: string): Promise<Follower> {
    const text = await Bun.file(join(root, file)).text();
    const blocks = [...text.matchAll(/^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$/gms)].map(
      ([, language, kind = language === "sh" ? "typed" : "shown", name = "", text = ""]) => ({ kind, name, text }),
    );
    return new Follower(blocks, await makeClone(), await testDatabase(), [await freePort(), await freePort()]);
  }

  /** Ends what was started, and leaves nothing behind. */
  async stop(): Promise<void> {
    for (const terminal of this.#terminals.reverse()) {
      if (terminal.exitCode !== null || terminal.signalCode !== null) continue;
      const exited = once(terminal, "exit");
      terminal.kill("SIGTERM");
      await exited;
    }
    await this.#database.drop();
    await rm(this.clone, { recursive: true, force: true });
  }

  /** The document's blocks of a kind, in its order. */
  blocks(kind: string): readonly Block[] {
    return this.#blocks.filter((block) => block.kind === kind);
  }

  /** Writes the files, and adds to those that are there. */
  async write(): Promise<void> {
    for (const { name, text } of this.blocks("file")) {
      await mkdir(dirname(join(this.clone, name)), { recursive: true });
      await writeFile(join(this.clone, name), text);
    }
    for (const { name, text } of this.blocks("append")) await appendFile(join(this.clone, name), text);
  }

  /** Starts the server in its terminal, and waits until it says where workers connect. */
  async startServer(more: Readonly<Record<string, string>> = {}): Promise<void> {
    const environment = { ...this.environment, UWS_NATS_URL: await natsUrl(), ...more };
    await this.inTerminal("server", /workers\s+\S+ \(gRPC\)/, environment);
  }

  /** Starts what is to run in a terminal of its own, and waits until it says something. */
  async inTerminal(name: string, ready: RegExp, more: Readonly<Record<string, string>> = {}): Promise<void> {
    const [block] = this.blocks("terminal").filter((each) => each.name === name);
    const child = spawn("bash", ["-c", `exec ${this.#typed(block?.text ?? "")}`], {
      cwd: this.clone,
      env: { ...process.env, UWS_GATEWAY: `127.0.0.1:${this.environment.UWS_GRPC_PORT}`, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#terminals.push(child);
    let said = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (bytes: Buffer) => {
        said += bytes.toString();
      });
    }
    await until(() => {
      if (!ready.test(said) && child.exitCode !== null) throw new Error(`${block?.text} ended:\n${said}`);
      return ready.test(said);
    }, `${ready} of the ${name}`);
  }

  /**
   * Types commands into a shell that ends at the first which fails.
   * @param more environment
   * @returns what they print
   */
  async type(block: Block | undefined, more: Readonly<Record<string, string>> = {}): Promise<string> {
    if (block === undefined) throw new Error("The document has no such block.");
    const tool = { command: ["bash", "-ec"], env: { UWS_URL: `http://127.0.0.1:${this.#http}`, ...more } };
    return await runWell(tool, [this.#typed(block.text)], { cwd: this.clone, timeout: 200_000 });
  }

  /** What is typed, on the ports of this test and with the Bun that runs it. */
  #typed(commands: string): string {
    return commands
      .replaceAll(/npx -y bun@[\d.]+/g, JSON.stringify(process.execPath))
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${this.#http}`);
  }
}

/** A clone, but for the files that a reader changes, or that programs write beside. */
async function makeClone(): Promise<string> {
  const clone = await mkdtemp(join(tmpdir(), "uws-document-"));
  await linkAll("", clone, new Set([...changed, ".git", ".uws", ".venv"]));
  for (const name of changed) await copyFile(join(root, name), join(clone, name));
  return clone;
}

/** Links what is in a folder below the root, and copies what programs build in. */
async function linkAll(folder: string, clone: string, except: ReadonlySet<string> = new Set()): Promise<void> {
  for (const name of await readdir(join(root, folder))) {
    if (except.has(name)) continue;
    const path = join(folder, name);
    const [from, to] = [join(root, path), join(clone, path)];
    if (builtIn.includes(path)) await cp(from, to, { recursive: true });
    else if (builtIn.some((each) => each.startsWith(`${path}/`))) {
      await mkdir(to);
      await linkAll(path, clone);
    } else await symlink(from, to);
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return typeof address === "object" ? (address?.port ?? 0) : 0;
}
