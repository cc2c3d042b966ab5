/**
 * Makes what is generated from other sources: the types of the worker protocol (from the .proto file), and the JSON Schema of job
 * descriptions as a file, for editors and other programs.
 * `--check` changes nothing and fails when a committed file is not current.
 */
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { $, Glob } from "bun";

const root = resolve(import.meta.dir, "..");
const generated = join(root, "packages/protocol/src/generated");
const check = process.argv.includes("--check");

/** The generator writes the absolute path of the .proto file into each file; a machine's path is nobody's business. */
async function leaveOutPaths(folder: string): Promise<void> {
  for await (const file of new Glob("**/*.ts").scan({ cwd: folder, absolute: true })) {
    const text = await Bun.file(file).text();
    await Bun.write(file, text.replaceAll(`${root}/`, ""));
  }
}

const schemaFile = Bun.file(join(root, "packages/description/job-description.schema.json"));
const { metaSchema } = await import("../packages/description/src/meta-schema.ts");
if (!check) {
  await Bun.write(schemaFile, `${JSON.stringify(metaSchema, null, 2)}\n`);
  await $`node_modules/.bin/biome format --write ${schemaFile.name}`.cwd(root).quiet();
} else if (!(await schemaFile.exists()) || !Bun.deepEquals(await schemaFile.json(), metaSchema)) {
  console.error("packages/description/job-description.schema.json is not current: bun run generate");
  process.exit(1);
}

const fresh = await mkdtemp(join(tmpdir(), "uws-generate-"));
try {
  await $`${join(root, "packages/protocol/node_modules/.bin/proto-loader-gen-types")} --longs=Number --enums=String --defaults --arrays --objects --oneofs --grpcLib=@grpc/grpc-js --includeDirs ${join(root, "proto")} --outDir ${fresh} uws/worker/v1/worker.proto`
    .cwd(root)
    .quiet();
  await leaveOutPaths(fresh);
  if (check) {
    const difference = await $`diff -r ${generated} ${fresh}`.nothrow().quiet();
    if (difference.exitCode !== 0) {
      console.error("packages/protocol/src/generated is not current: bun run generate");
      process.exit(1);
    }
  } else {
    await rm(generated, { recursive: true, force: true });
    await cp(fresh, generated, { recursive: true });
  }
} finally {
  await rm(fresh, { recursive: true, force: true });
}
