import { type JobContext, JobFailure, type JobHandler } from "@uws/worker";
import { drawChart } from "./chart/chart.ts";
import { crossmatch as matchPositions } from "./crossmatch.ts";
import { type CrossmatchParameters, readParameters } from "./job-parameters.ts";
import { readTable } from "./read-table.ts";
import { loadSpatialIndex } from "./spatial-index.ts";
import { describeBadRows, type Table, TableError } from "./table.ts";
import { writeCsv } from "./write-csv.ts";
import { writeVotable } from "./write-votable.ts";

/** Bad rows named in the job's log; the others are counted. */
const BAD_ROWS_LOGGED = 20;

/** Shares of the whole that the stages take, for the progress shown. */
const READ = 0.4;
const MATCHED = 0.7;

/** Runs a crossmatch job: reads the table, matches it, and stores `result`, `csv` and `chart`. */
export const crossmatch: JobHandler = async (job) => {
  const parameters = readParameters(job.parameters);
  job.progress(0, "reading the table");
  const [index, table] = await Promise.all([loadSpatialIndex(), readUploaded(job, parameters)]);
  reportBadRows(job, table);

  const { radius, find, maxMatches, maxRec } = parameters;
  const rows = table.rows.length;
  const matches = await matchPositions(table, index, {
    radius,
    find,
    maxRec,
    ...(maxMatches === undefined ? {} : { maxMatches }),
    signal: job.signal,
    onProgress: (done, found) =>
      job.progress(READ + (MATCHED - READ) * (done / rows), `matched ${done} of ${rows} positions`, {
        rows: done,
        badRows: table.badRowCount,
        matches: found,
      }),
  });
  if (matches.overflow) job.log.warn(`The result was cut after ${matches.count} matches (MAXREC).`);

  const counters = { rows, badRows: table.badRowCount, matches: matches.count };
  const output = { table, catalogue: index.catalogue, matches, radius, signal: job.signal };
  job.progress(MATCHED, "writing the VOTable", counters);
  await job.result("result", () => writeVotable(output), "application/x-votable+xml");
  job.progress(0.85, "writing the CSV", counters);
  await job.result("csv", () => writeCsv(output), "text/csv");
  job.progress(0.95, "drawing the chart", counters);
  await job.result("chart", await drawChart({ table, index, matches, radius, signal: job.signal }), "image/svg+xml");
  job.progress(1, `${matches.count} matches for ${matches.rowsMatched} of ${rows} positions`, counters);
};

async function readUploaded(job: JobContext, { table, ra, dec }: CrossmatchParameters): Promise<Table> {
  const size = typeof table === "string" ? Buffer.byteLength(table) : table.size;
  try {
    return await readTable(typeof table === "string" ? table : table.stream(), {
      ra,
      dec,
      signal: job.signal,
      onBytes: (bytes) => job.progress(READ * Math.min(1, bytes / Math.max(1, size)), "reading the table"),
    });
  } catch (cause) {
    if (!(cause instanceof TableError)) throw cause;
    // The same table will be wrong again: not retryable.
    throw new JobFailure(cause.message, {
      kind: "fatal",
      cause,
      ...(cause.detail === undefined ? {} : { detail: cause.detail }),
    });
  }
}

function reportBadRows(job: JobContext, table: Table): void {
  if (table.badRowCount === 0) return;
  job.log.warn(
    `${table.badRowCount} of ${table.badRowCount + table.rows.length} rows have no usable position and were left out:`,
  );
  for (const line of describeBadRows(table, BAD_ROWS_LOGGED).split("\n")) job.log.warn(line);
}
