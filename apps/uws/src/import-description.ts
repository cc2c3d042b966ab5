import { readFile, stat } from "node:fs/promises";
import { descriptionYaml, type Imported, importJsonSchema, importOpenApi, importOpus } from "@uws/description";
import { Command, Option } from "commander";

/** Bytes of a file that is read: no description of anything is longer, and it is read whole. */
const largest = 10_000_000;

interface Options {
  readonly from: "opus" | "openapi" | "json-schema";
  readonly schema?: string;
  readonly operation?: string;
  readonly name?: string;
  readonly typeVersion?: string;
}

/** `import-description FILE --from KIND`: makes a job description of ours of one that somebody else's system has. */
export function importDescriptionCommand(): Command {
  return new Command("import-description")
    .argument("<file>", "a job definition of OPUS (VOTable), an OpenAPI 3 document or a JSON Schema (YAML or JSON)")
    .description("write a job description that says the same, as YAML; what it cannot say is told on stderr")
    .addOption(
      new Option("--from <kind>", "what the file is").choices(["opus", "openapi", "json-schema"]).makeOptionMandatory(),
    )
    .option("--schema <pointer>", "the schema in the file, such as #/components/schemas/Cone")
    .addOption(new Option("--operation <id>", "the operationId of an OpenAPI document").conflicts("schema"))
    .option("--name <name>", "name of the job type; unless told otherwise that of the file")
    .option("--type-version <version>", "version of the job type; unless told otherwise that of the file")
    .action(async (file: string, options: Options) => {
      const { description, leftOut } = importAs(await readText(file), file, options);
      process.stdout.write(descriptionYaml(description));
      for (const each of leftOut) console.error(`left out: ${each}`);
    });
}

function importAs(text: string, file: string, { from, schema, operation, name, typeVersion }: Options): Imported {
  const names = { name, version: typeVersion };
  if (from === "openapi") return importOpenApi(text, file, { ...names, operation, schema });
  if (operation !== undefined) throw new Error("--operation is of an OpenAPI document.");
  if (from === "json-schema") return importJsonSchema(text, file, { ...names, pointer: schema });
  if (schema !== undefined) throw new Error("--schema is of an OpenAPI document or a JSON Schema.");
  return importOpus(text, file, names);
}

async function readText(file: string): Promise<string> {
  const { size } = await stat(file).catch(() => ({ size: 0 }));
  if (size > largest) throw new Error(`${file}: it has more than ${largest} bytes.`);
  return await readFile(file, "utf8").catch((cause) => {
    throw new Error(`${file}: cannot be read`, { cause });
  });
}
