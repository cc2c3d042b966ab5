import { printable } from "./client/printable.ts";

/**
 * Rows in columns that are as wide as what stands in them, counted as a terminal does (wide characters are two).
 * @param heads a title for each column
 */
export function table(heads: readonly string[], rows: readonly (readonly (string | undefined)[])[]): string {
  const cells = [heads, ...rows.map((row) => heads.map((_, column) => printable(row[column] ?? "") || "-"))];
  const widths = heads.map((_, column) => Math.max(...cells.map((row) => Bun.stringWidth(row[column] ?? ""))));
  const padded = (cell: string, column: number) =>
    cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - Bun.stringWidth(cell)));
  return cells.map((row) => row.map(padded).join("  ").trimEnd()).join("\n");
}
