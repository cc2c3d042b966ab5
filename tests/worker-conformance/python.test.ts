import { conformanceTests } from "./conformance-tests.ts";

await conformanceTests("python", "workers in Python do what the protocol asks");
