import { readFileSync } from "node:fs";
import { isProved } from "./rule.ts";
import { rules } from "./rules.ts";
for (const { id, mutation } of rules.filter(isProved)) for (const { file, text, by } of mutation) {
  let n = -1; try { n = readFileSync(`/work/main/${file}`, "utf8").split(text).length - 1; } catch {}
  if (n !== 1) console.log(id, "|", file, "|", n, "|", JSON.stringify(text), "->", JSON.stringify(by));
}
