import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { JobHandle } from "@uws/client";
import { messierCsv } from "@uws/worker-crossmatch";
import { examplesFolder } from "../examples/programs.ts";

/** A real job, from upload to results. */
export interface DemoJob {
  /** The service, the example and the job type: all of one name. */
  readonly name: string;
  /** What is wanted, in a sentence, and how it is asked for. */
  ask(): Promise<{
    readonly says: string;
    readonly parameters: Readonly<Record<string, string | number>>;
    readonly files: Readonly<Record<string, File>>;
  }>;
  /** File names for its results, by id. */
  readonly fileNames: Readonly<Record<string, string>>;
  /** What came of it, in a sentence. */
  found(job: JobHandle): Promise<string>;
}

/** Degrees around each Messier object in which stars are looked for. */
const radius = 0.5;

export const crossmatchMessier: DemoJob = {
  name: "crossmatch",
  async ask() {
    const table = messierCsv();
    const rows = table.trim().split("\n").length - 1;
    return {
      says: `Uploading ${rows} Messier objects; the stars of Hipparcos within ${radius}° of each are wanted.`,
      parameters: { RADIUS: radius },
      files: { TABLE: new File([table], "messier.csv", { type: "text/csv" }) },
    };
  },
  fileNames: { result: "messier.vot", csv: "messier.csv", chart: "messier.svg" },
  async found(job) {
    const csv = await (await job.download("csv")).text();
    return `${csv.trim().split("\n").length - 1} stars found.`;
  },
};

const cutoutOfNebula: DemoJob = {
  name: "cutout",
  async ask() {
    return {
      says: "A region of a star field is wanted, which the worker in Python makes.",
      parameters: { CIRCLE: "83.8221 -5.3911 0.095" },
      files: {},
    };
  },
  fileNames: { fits: "cutout.fits", png: "cutout.png" },
  async found(job) {
    const size = (await (await job.download("fits")).blob()).size;
    return `A FITS image of ${size} bytes was cut out.`;
  },
};

/** The period of Delta Cephei (GCVS 5.1), in days: where nobody has looked for it. */
const literature = 5.366266;

/** The light curve that is searched, and then folded at the period that was found. */
function lightCurveJobs(): DemoJob[] {
  let period = literature;
  const table = async () =>
    new File([await readFile(join(examplesFolder, "periodogram/example.csv"))], "light-curve.csv", {
      type: "text/csv",
    });
  return [
    {
      name: "periodogram",
      async ask() {
        return {
          says: "Uploading a light curve; the worker in Go looks for its period.",
          parameters: {},
          files: { TABLE: await table() },
        };
      },
      fileNames: { spectrum: "periodogram.csv", best: "periodogram.json", plot: "periodogram.svg" },
      async found(job) {
        const best = (await (await job.download("best")).json()) as { period: number; falseAlarmProbability: number };
        period = best.period;
        return `The period is ${period.toFixed(4)} days (by chance: ${best.falseAlarmProbability.toPrecision(2)}).`;
      },
    },
    {
      name: "phase-fold",
      async ask() {
        return {
          says: `Folding the same light curve at ${period.toFixed(4)} days, by a program without code around it (awk).`,
          parameters: { PERIOD: period, BINS: 20 },
          files: { TABLE: await table() },
        };
      },
      fileNames: { folded: "folded.csv", bins: "folded-bins.csv", summary: "folded.txt" },
      async found(job) {
        const summary = await (await job.download("summary")).text();
        return `${summary.trim().replaceAll("\n", ", ")}.`;
      },
    },
  ];
}

/** One for each example that does something for somebody. */
export const allDemoJobs = (): readonly DemoJob[] => [crossmatchMessier, cutoutOfNebula, ...lightCurveJobs()];
