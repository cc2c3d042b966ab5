import { conformanceTests } from "./conformance-tests.ts";

await conformanceTests("typescript", "workers in TypeScript do what the protocol asks");
