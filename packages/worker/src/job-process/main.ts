/** The program of a job's process. */
import { runJobHere } from "./run-job-here.ts";

await runJobHere();
