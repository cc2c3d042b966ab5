import { mkdir, statfs } from "node:fs/promises";
import { run, runWell } from "../../support/tools/run.ts";

/** A file system of its own, in memory, that can be made full. Only root may mount it. */
export class SmallDisk {
  readonly #folder: string;

  private constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws when mounting is not allowed here */
  static async at(folder: string): Promise<SmallDisk> {
    await mkdir(folder, { recursive: true });
    await runWell("mount", ["-t", "tmpfs", "-o", "size=1g,mode=0777", "uws-chaos", folder]);
    return new SmallDisk(folder);
  }

  /** Lets no byte more be written while something is done: there is no more room than what is taken. */
  async full(work: () => Promise<unknown>): Promise<void> {
    try {
      // What is written meanwhile makes the size too small, and the kernel refuses it.
      for (let tries = 0; ; tries += 1) {
        const { blocks, bfree, bsize } = await statfs(this.#folder);
        const taken = Math.max((blocks - bfree) * bsize, bsize);
        const made = await this.#resize(String(taken));
        if (made.code === 0) break;
        if (tries === 20) throw new Error(made.error);
      }
      await work();
    } finally {
      await this.#resize("1g");
    }
  }

  async unmount(): Promise<void> {
    // Lazily: whoever still has a file open there is about to end.
    await run("umount", ["-l", this.#folder]);
  }

  async #resize(size: string) {
    return await run("mount", ["-o", `remount,size=${size}`, this.#folder]);
  }
}
