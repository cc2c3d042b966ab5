/** Writes docs/rules.md: each rule of the design, where it holds, and the test that fails without it. */
import { documentPath, rulesDocument } from "../tests/rules/document.ts";

await Bun.write(documentPath, rulesDocument());
console.log("docs/rules.md is written.");
