/** Go's own tests of the Go SDK, as tests of the whole. */
import { expect, test } from "bun:test";
import { join } from "node:path";
import { go, goToolchain, run, withoutGo } from "../../tests/support/tools/index.ts";

const sdk = import.meta.dir;
const workers = join(sdk, "../../tests/worker-conformance/go");

/** Milliseconds. The first time, Go fetches what the SDK needs and compiles it. */
const patience = 600_000;

async function good(folder: string, ...args: string[]): Promise<void> {
  const { code, out, error } = await run(await go(), args, { cwd: folder, timeout: patience });
  expect({ code, said: code === 0 ? "" : `${out}\n${error}` }).toEqual({ code: 0, said: "" });
}

if ((await goToolchain()) === undefined) {
  console.log(withoutGo);
  test(withoutGo, () => {});
} else {
  test(
    "Go's code of the protocol is that of worker.proto",
    () => good(join(sdk, "generate"), "run", ".", "-check"),
    patience,
  );
  test("Go finds nothing wrong with the SDK", () => good(sdk, "vet", "./..."), patience);
  test("Go finds nothing wrong with the conformance workers", () => good(workers, "vet", "./..."), patience);
  test("Go's tests of the SDK pass", () => good(sdk, "test", "./..."), patience);
  test(
    "Go code is formatted",
    async () => {
      for (const folder of [sdk, join(sdk, "generate"), workers]) {
        const { out } = await run(await go(), ["fmt", "-n", "./..."], { cwd: folder });
        // What gofmt would do, done in no file: it lists those that it would change.
        for (const command of out.trim().split("\n")) {
          const [gofmt = "", ...rest] = command.split(" ");
          const { code, out: unformatted } = await run(gofmt, ["-l", ...rest.filter((arg) => !arg.startsWith("-"))], {
            cwd: folder,
          });
          expect({ code, unformatted }).toEqual({ code: 0, unformatted: "" });
        }
      }
    },
    patience,
  );
}
