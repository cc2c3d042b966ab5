/** Writes docs/conformance.md: each clause of the contract and the tests that show it. */
import { conformanceDocument, documentPath } from "../tests/conformance/document.ts";

await Bun.write(documentPath, conformanceDocument());
console.log("docs/conformance.md is written.");
