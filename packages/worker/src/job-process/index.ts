/** For packages that run programs as jobs: groups of processes, and what comes out of them. */
export { OutputLines } from "./output-lines.ts";
export { OutputTail } from "./output-tail.ts";
export { groupGone, killGroup } from "./process-group.ts";
