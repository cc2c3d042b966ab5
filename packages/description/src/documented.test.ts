import { expect, test } from "bun:test";
import { join } from "node:path";
import { parseDescription } from "./parse-description.ts";
import { numericXtypes } from "./xtype/numeric-xtypes.ts";
import { textXtypes } from "./xtype/text-xtypes.ts";

const page = await Bun.file(join(import.meta.dirname, "../../../docs/describe-a-job.md")).text();

test("the description that docs/describe-a-job.md shows is one", () => {
  const [, yaml = ""] = /```yaml\n(.*?)```/s.exec(page) ?? [];
  expect(parseDescription(yaml, "page").groups).toMatchObject([{ parameters: ["CIRCLE", "POLYGONS"] }]);
});

test("it names every xtype that is a rule", () => {
  const rows = page.split("\n").filter((line) => line.startsWith("| `"));
  const named = rows.flatMap((row) => [...(row.split("|")[1] ?? "").matchAll(/`(\w+)`/g)].map(([, name]) => name));
  expect(named.sort()).toEqual([...numericXtypes.keys(), ...textXtypes.keys()].sort());
});
