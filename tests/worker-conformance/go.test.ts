import { conformanceTests } from "./conformance-tests.ts";

await conformanceTests("go", "workers in Go do what the protocol asks");
