export { angularSeparation } from "./angular-separation.ts";
export { benchmarkCrossmatch, type CrossmatchBenchmark } from "./benchmark.ts";
export { type ChartInput, drawChart } from "./chart/chart.ts";
export { type CrossmatchOptions, crossmatch, type Matches, type Positions } from "./crossmatch.ts";
export { deepSkyCsv } from "./deep-sky-objects.ts";
export { crossmatch as crossmatchHandler } from "./handler.ts";
export { messierCsv } from "./messier.ts";
export { type ReadTableOptions, readTable } from "./read-table.ts";
export { buildSpatialIndex, loadSpatialIndex, type Neighbour, type SpatialIndex } from "./spatial-index.ts";
export { catalogueOf, loadCatalogue, type Star, type StarCatalogue } from "./star-catalogue.ts";
export {
  type BadRow,
  type Column,
  DEFAULT_LIMITS,
  describeBadRows,
  type Table,
  TableError,
  type TableLimits,
} from "./table.ts";
export { writeCsv } from "./write-csv.ts";
export { type ResultInput, writeVotable } from "./write-votable.ts";

/** Where the job description lies. */
export const descriptionFile = new URL("../description.yaml", import.meta.url);
