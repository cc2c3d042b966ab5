import { describe, expect, test } from "bun:test";
import { detectDelimiter } from "./read-csv.ts";
import { readTable } from "./read-table.ts";

describe("columns", () => {
  test("are found under their usual names, whatever the case", async () => {
    for (const header of [
      "ra,dec",
      "RA,DEC",
      "RAJ2000,DEJ2000",
      "_RAJ2000,_DEJ2000",
      "ra_deg,dec_deg",
      "RA_ICRS,DE_ICRS",
      "Right Ascension,Declination",
      "RA (deg),Dec (deg)",
      "s_ra,s_dec",
      "alpha,delta",
    ]) {
      const table = await readTable(`${header}\n10,20\n`);
      expect([table.ra[0], table.dec[0]]).toEqual([10, 20]);
    }
  });

  test("VizieR's computed degrees are believed before its sexagesimal ones", async () => {
    const table = await readTable("RAJ2000,DEJ2000,_RAJ2000,_DEJ2000\n00 40 00,+20 00 00,10.5,20.5\n");
    expect([table.ra[0], table.dec[0]]).toEqual([10.5, 20.5]);
  });

  test("can be named by parameters", async () => {
    const table = await readTable("l,b,lon,lat\n1,2,3,4\n", { ra: "LON", dec: "lat" });
    expect([table.ra[0], table.dec[0]]).toEqual([3, 4]);
  });

  test("that are missing are an error that names those there are", async () => {
    await expect(readTable("name,l,b\nx,1,2\n")).rejects.toThrow(
      "No position columns were found. The table has these columns: name, l, b.",
    );
    await expect(readTable("ra,dec\n1,2\n", { ra: "alpha" })).rejects.toThrow(
      'The parameter RA names the column "alpha". The table has these columns: ra, dec.',
    );
    await expect(readTable("name,ra,d\nx,1,2\n", { ra: "ra" })).rejects.toThrow("No declination column was found.");
  });

  test("keep the narrowest datatype that holds their values", async () => {
    const table = await readTable("ra,dec,n,big,code,name,greek,none\n1,2,3,9999999999,007,x,α,\n1.5,2,,1,1,y,,\n");
    expect(table.columns.map(({ datatype }) => datatype)).toEqual([
      "double",
      "int",
      "int",
      "long",
      "char",
      "char",
      "unicodeChar",
      "char",
    ]);
  });
});

describe("text", () => {
  test("with BOM, CRLF, quoted fields, comments and empty lines is read", async () => {
    const table = await readTable(
      '\ufeff# from somewhere\r\nname,ra,dec\r\n"a, ""b""",1,2\r\n\r\n# more\r\n"two\r\nlines",3,4\r\n',
    );
    expect([...table.rows]).toEqual([
      ['a, "b"', "1", "2"],
      ["two\r\nlines", "3", "4"],
    ]);
    expect([...table.inputRow]).toEqual([1, 2]);
  });

  test("with semicolons, tabs or bars is read, decimal commas too", async () => {
    for (const [text, ra] of [
      ["n;ra;dec\n1;10,5;20", 10.5],
      ["n\tra\tdec\nx y\t10.5\t20", 10.5],
      ["n|ra|dec\n1|10.5|20", 10.5],
    ] as const) {
      expect((await readTable(text)).ra[0]).toBe(ra);
    }
    expect(detectDelimiter('"a;b;c;d",ra,dec\n')).toBe(",");
  });

  test("that arrives in pieces of one byte is the same", async () => {
    const text = "\ufeffname,ra,dec\r\nα β,05:34:31.94,−22:00:52.2\r\n";
    async function* bytes() {
      for (const byte of new TextEncoder().encode(text)) yield Uint8Array.of(byte);
    }
    expect(await readTable(bytes())).toEqual(await readTable(text));
  });

  test("in UTF-16 is read", async () => {
    const table = await readTable(Buffer.from("\ufeffname,ra,dec\nα,1,2\n", "utf16le"));
    expect([...table.rows]).toEqual([["α", "1", "2"]]);
  });
});

describe("bad rows", () => {
  test("are left out and reported by line", async () => {
    const table = await readTable("# c\nra,dec,n\n1,2,a\nx,2,b\n\n3,95,c\n4\n5,6,d,e\n7,8,f,\n,1,g\n");
    expect([...table.rows]).toEqual([
      ["1", "2", "a"],
      ["7", "8", "f"],
    ]);
    expect([...table.inputRow]).toEqual([1, 6]);
    expect(table.badRowCount).toBe(5);
    expect(table.badRows).toEqual([
      { place: 4, reason: 'right ascension "x" is not a number' },
      { place: 6, reason: "declination 95 is not between -90 and 90 degrees" },
      { place: 7, reason: "1 fields where the header has 3" },
      { place: 8, reason: "4 fields where the header has 3" },
      { place: 10, reason: "right ascension is empty" },
    ]);
  });

  test("are fatal if there are no others, and the message names the first", async () => {
    await expect(readTable("ra,dec\nx,1\ny,2\nz,3\nw,4\n")).rejects.toMatchObject({
      name: "TableError",
      message:
        'None of the 4 rows has a usable position: line 2: right ascension "x" is not a number; line 3: right ascension "y" is not a number; line 4: right ascension "z" is not a number.',
    });
  });

  test("are counted even when too many to keep", async () => {
    const table = await readTable(`ra,dec\n${"x,1\n".repeat(500)}1,1\n`);
    expect([table.badRowCount, table.badRows.length, table.rows.length]).toEqual([500, 100, 1]);
  });
});

describe("what is no table", () => {
  test("is told in words", async () => {
    for (const [bytes, message] of [
      ["", "The table is empty."],
      ["\n \n", "The table is empty."],
      ["ra,dec\n", "The table has a header but no rows."],
      ["# only a comment\n", "The table is empty: it has no header."],
      ['ra,dec\n"1,2\n', "The table is not readable as CSV"],
      [Uint8Array.of(0x1f, 0x8b, 8, 0), "compressed"],
      ["SIMPLE  =                    T", "FITS"],
      [Uint8Array.of(0x50, 0x4b, 3, 4, 0, 0), "not text"],
    ] as const) {
      await expect(readTable(bytes)).rejects.toThrow(message);
    }
  });

  test("is what exceeds the limits", async () => {
    const text = "ra,dec\n1,2\n3,4\n5,6\n";
    await expect(readTable(text, { limits: { maxRows: 2 } })).rejects.toThrow("more than 2 rows");
    await expect(readTable(text, { limits: { maxBytes: 10 } })).rejects.toThrow("larger than 10 bytes");
    await expect(readTable(text, { limits: { maxColumns: 1 } })).rejects.toThrow("2 columns; at most 1");
    await expect(readTable(`ra,dec\n1,"${"x".repeat(5000)}"\n`, { limits: { maxRowSize: 1000 } })).rejects.toThrow(
      "not readable as CSV",
    );
  });
});
