import { useTable } from "@tanstack/preact-table";
import { columnNames, columns, features, type JobRow } from "./job-columns.tsx";

type Shown = Readonly<Record<string, boolean>>;
/** Ids of jobs. */
export type Chosen = Readonly<Record<string, true>>;

interface JobTableProps {
  readonly jobs: readonly JobRow[];
  /** Which columns are shown; those that are not named are. */
  readonly visibility: Shown;
  readonly onVisibility: (visibility: Shown) => void;
  readonly chosen: Chosen;
  readonly onChoose: (chosen: Chosen) => void;
}

/** The jobs of a page as a table; in a narrow window each is a block of lines. */
export function JobTable({ jobs, visibility, onVisibility, chosen, onChoose }: JobTableProps) {
  const table = useTable({
    features,
    columns,
    data: jobs,
    getRowId: ({ jobId }) => jobId,
    state: { columnVisibility: visibility, rowSelection: chosen },
    onColumnVisibilityChange: (change) => onVisibility(typeof change === "function" ? change(visibility) : change),
    onRowSelectionChange: (change) => onChoose(typeof change === "function" ? change(chosen) : change),
  });
  return (
    <>
      <table class="jobs">
        <thead>
          {table.getHeaderGroups().map((group) => (
            <tr key={group.id}>
              {group.headers.map((header) => (
                <th key={header.id} scope="col" class={`column-${header.column.id}`}>
                  <table.FlexRender header={header} />
                </th>
              ))}
            </tr>
          ))}
        </thead>
        <tbody>
          {table.getRowModel().rows.map((row) => (
            <tr key={row.id} data-job={row.id}>
              {row.getVisibleCells().map((cell) => (
                <td key={cell.id} class={`column-${cell.column.id}`} data-label={columnNames[cell.column.id] ?? ""}>
                  <table.FlexRender cell={cell} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      <details class="columns">
        <summary>Columns</summary>
        {table
          .getAllLeafColumns()
          .filter((column) => column.getCanHide())
          .map((column) => (
            <label key={column.id} class="chip">
              <input type="checkbox" checked={column.getIsVisible()} onChange={column.getToggleVisibilityHandler()} />
              {columnNames[column.id]}
            </label>
          ))}
      </details>
    </>
  );
}
