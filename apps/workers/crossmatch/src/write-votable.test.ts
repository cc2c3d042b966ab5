import { expect, test } from "bun:test";
import { parse } from "csv-parse/sync";
import { crossmatch } from "./crossmatch.ts";
import { readTable } from "./read-table.ts";
import { loadSpatialIndex } from "./spatial-index.ts";
import { writeCsv } from "./write-csv.ts";
import { writeVotable } from "./write-votable.ts";

async function match(text: string, options: { radius: number; maxRec?: number }) {
  const [table, index] = await Promise.all([readTable(text), loadSpatialIndex()]);
  const matches = await crossmatch(table, index, options);
  return { table, catalogue: index.catalogue, matches, radius: options.radius };
}

async function whole(pieces: AsyncIterable<string>): Promise<string> {
  return (await Array.fromAsync(pieces)).join("");
}

const SIRIUS = 'name,ra,dec\nnot here,10,10\n"<Sirius> & ""Co"", ]]>",101.287,-16.716\n';

test("the VOTable carries the input's columns and the star's, escaped", async () => {
  const votable = await whole(writeVotable(await match(SIRIUS, { radius: 0.01 })));
  expect(votable).toContain(
    "<TR><TD>2</TD><TD>&lt;Sirius&gt; &amp; &quot;Co&quot;, ]]&gt;</TD><TD>101.287</TD><TD>-16.716</TD><TD>32349</TD><TD>101.2872</TD><TD>-16.7161</TD><TD>-1.44</TD><TD>0.009</TD><TD>0.7779</TD></TR>",
  );
  expect(votable).toContain('<INFO name="QUERY_STATUS" value="OK"/>');
  expect(votable).not.toContain("OVERFLOW");
});

test("the VOTable can be uploaded again: the star's position is the main one", async () => {
  const votable = await whole(writeVotable(await match(SIRIUS, { radius: 0.01 })));
  const table = await readTable(votable);
  expect([table.ra[0], table.dec[0]]).toEqual([101.2872, -16.7161]);
  expect(table.rows.at(0)[1]).toBe('<Sirius> & "Co", ]]>');
});

test("a cut result says OVERFLOW after the table, as DALI wants it", async () => {
  const votable = await whole(writeVotable(await match("ra,dec\n56.75,24.117\n", { radius: 1, maxRec: 3 })));
  expect(votable).toMatch(/<\/TABLE>\s*<INFO name="QUERY_STATUS" value="OVERFLOW">/);
  expect(votable.match(/<TR>/g)).toHaveLength(3);
});

test("a table without a match is a table without rows", async () => {
  const votable = await whole(writeVotable(await match("ra,dec\n10,10\n", { radius: 0.001 })));
  expect(votable).toContain('nrows="0"');
  expect((await whole(writeCsv(await match("ra,dec\n10,10\n", { radius: 0.001 })))).split("\r\n")).toHaveLength(2);
});

test("characters that XML cannot hold are replaced", async () => {
  const votable = await whole(writeVotable(await match("name,ra,dec\na\u0001b,101.287,-16.716\n", { radius: 0.01 })));
  expect(votable).toContain("<TD>a\ufffdb</TD>");
});

test("the CSV says the same as the VOTable", async () => {
  const rows: string[][] = parse(await whole(writeCsv(await match(SIRIUS, { radius: 0.01 }))));
  expect(rows).toEqual([
    ["input_row", "name", "ra", "dec", "hip", "hip_ra", "hip_dec", "vmag", "bv", "separation"],
    ["2", '<Sirius> & "Co", ]]>', "101.287", "-16.716", "32349", "101.2872", "-16.7161", "-1.44", "0.009", "0.7779"],
  ]);
});
