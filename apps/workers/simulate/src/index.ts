import { join } from "node:path";

export { simulate } from "./handler.ts";

/** The file that describes this job type to the server. */
export const descriptionFile: string = join(import.meta.dirname, "../description.yaml");
