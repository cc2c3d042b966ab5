import type { Matches } from "./crossmatch.ts";
import { Pacer } from "./pacer.ts";
import { type ResultColumn, resultColumns, resultRow, SYSTEM_IDS } from "./result-table.ts";
import type { StarCatalogue } from "./star-catalogue.ts";
import type { Table } from "./table.ts";
import { xmlText } from "./xml-text.ts";

export interface ResultInput {
  readonly table: Table;
  readonly catalogue: StarCatalogue;
  readonly matches: Matches;
  /** Degrees. */
  readonly radius: number;
  readonly signal?: AbortSignal;
}

/** Rows per piece of output. */
const BATCH = 500;

/** The matches as a VOTable 1.4 with TABLEDATA, in pieces. QUERY_STATUS as DALI 1.1, section 4.4, wants it. */
export async function* writeVotable(input: ResultInput): AsyncGenerator<string> {
  const { table, catalogue, matches } = input;
  const columns = resultColumns(table);
  yield header(input, columns);
  const pacer = new Pacer(input.signal);
  for (let start = 0; start < matches.count; start += BATCH) {
    let rows = "";
    for (let index = start; index < Math.min(start + BATCH, matches.count); index++) {
      const cells = resultRow(table, catalogue, matches, index).map((cell) =>
        cell === "" ? "<TD/>" : `<TD>${xmlText(cell)}</TD>`,
      );
      rows += `          <TR>${cells.join("")}</TR>\n`;
    }
    yield rows;
    await pacer.breathe();
  }
  yield footer(matches);
}

function header({ table, catalogue, matches, radius }: ResultInput, columns: readonly ResultColumn[]): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/votable-1.4.xsd">
  <DESCRIPTION>Stars of the Hipparcos catalogue near the uploaded positions</DESCRIPTION>
  <RESOURCE type="results">
    <INFO name="QUERY_STATUS" value="OK"/>
    <INFO name="RADIUS" value="${radius}">Search radius in degrees</INFO>
    <INFO name="ROWS_READ" value="${table.rows.length}">Rows of the uploaded table with a usable position</INFO>
    <INFO name="ROWS_BAD" value="${table.badRowCount}">Rows of the uploaded table without one; the job's log names them</INFO>
    <INFO name="ROWS_MATCHED" value="${matches.rowsMatched}">Rows with at least one star</INFO>
    <INFO name="CATALOGUE" value="Hipparcos">${catalogue.count} stars, positions rounded to 0.36 arcsec, by way of XHIP and d3-celestial</INFO>
    <INFO name="citation" value="bibcode:1997A&amp;A...323L..49P">The Hipparcos Catalogue (Perryman et al. 1997)</INFO>
    <INFO name="citation" value="bibcode:2012AstL...38..331A">XHIP: An Extended Hipparcos Compilation (Anderson and Francis 2012)</INFO>
    <COOSYS ID="${SYSTEM_IDS.input}" system="ICRS"/>
    <COOSYS ID="${SYSTEM_IDS.catalogue}" system="ICRS" epoch="J2000.0"/>
    <TABLE name="crossmatch" nrows="${matches.count}">
${columns.map(field).join("\n")}
      <DATA>
        <TABLEDATA>
`;
}

function field(column: ResultColumn): string {
  const attributes = [
    `ID="${column.id}"`,
    `name="${xmlText(column.name)}"`,
    `datatype="${xmlText(column.datatype)}"`,
    ...(["arraysize", "unit", "ucd"] as const).flatMap((key) =>
      column[key] === undefined ? [] : [`${key}="${xmlText(column[key])}"`],
    ),
    ...(column.frame === undefined ? [] : [`ref="${SYSTEM_IDS[column.frame]}"`]),
  ].join(" ");
  const children = [
    ...(column.description === undefined ? [] : [`<DESCRIPTION>${xmlText(column.description)}</DESCRIPTION>`]),
    ...(column.nullValue === undefined ? [] : [`<VALUES null="${xmlText(column.nullValue)}"/>`]),
  ].join("");
  return children === "" ? `      <FIELD ${attributes}/>` : `      <FIELD ${attributes}>${children}</FIELD>`;
}

function footer(matches: Matches): string {
  const overflow = `    <INFO name="QUERY_STATUS" value="OVERFLOW">The result was cut after ${matches.count} matches (MAXREC)</INFO>\n`;
  return `        </TABLEDATA>
      </DATA>
    </TABLE>
${matches.overflow ? overflow : ""}  </RESOURCE>
</VOTABLE>
`;
}
