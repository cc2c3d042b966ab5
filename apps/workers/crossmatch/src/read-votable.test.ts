import { describe, expect, test } from "bun:test";
import { readTable } from "./read-table.ts";

const FIELDS = `<FIELD name="name" datatype="char" arraysize="*"/>
<FIELD name="x" ucd="pos.eq.ra;meta.main" datatype="double" unit="deg"/>
<FIELD name="y" ucd="pos.eq.dec;meta.main" datatype="double" unit="deg"/>`;

function votable(data: string, fields = FIELDS, before = ""): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!-- made by > hand -->
<VOTABLE version="1.4" xmlns="http://www.ivoa.net/xml/VOTable/v1.3"><RESOURCE>${before}<TABLE>${fields}<DATA>${data}</DATA></TABLE></RESOURCE></VOTABLE>`;
}

const tabledata = (rows: string) => votable(`<TABLEDATA>${rows}</TABLEDATA>`);
const base64 = (bytes: Uint8Array) =>
  `<STREAM encoding="base64">\n${Buffer.from(bytes).toString("base64").replace(/.{20}/g, "$&\n")}\n</STREAM>`;

describe("TABLEDATA", () => {
  test("is read, columns found by UCD, entities and CDATA resolved, empty cells empty", async () => {
    const table = await readTable(
      tabledata(
        "<TR><TD>a &amp; &#233;<![CDATA[<b>]]></TD><TD> 10.5 </TD><TD>-20</TD></TR><TR ID='r2'><TD/><TD>1</TD><TD>2</TD></TR>",
      ),
    );
    expect(table.format).toBe("votable");
    expect([...table.rows]).toEqual([
      ["a & é<b>", "10.5", "-20"],
      ["", "1", "2"],
    ]);
    expect([...table.ra]).toEqual([10.5, 1]);
    expect(table.columns[1]).toEqual({ name: "x", datatype: "double", unit: "deg", ucd: "pos.eq.ra;meta.main" });
  });

  test("is read with any prefix, without namespace, with a DOCTYPE, in UTF-16 and Latin-1", async () => {
    const plain = tabledata("<TR><TD>é</TD><TD>1</TD><TD>2</TD></TR>");
    const variants = [
      plain.replaceAll(/<(\/?)(?=[A-Z])/g, "<$1vot:").replace("xmlns=", "xmlns:vot="),
      plain.replace(/ xmlns="[^"]*"/, ""),
      plain.replace("<!--", '<!DOCTYPE VOTABLE SYSTEM "http://us-vo.org/xml/VOTable.dtd">\n<!--'),
      Buffer.from(`\ufeff${plain.replace("UTF-8", "UTF-16")}`, "utf16le"),
      Buffer.from(plain.replace("UTF-8", "ISO-8859-1"), "latin1"),
      `\ufeff${plain}`,
    ];
    for (const variant of variants) expect([...(await readTable(variant)).rows]).toEqual([["é", "1", "2"]]);
  });

  test("that arrives in pieces of one byte is the same", async () => {
    const text = tabledata(
      '<TR><TD>a &amp; é</TD><TD>1</TD><TD>2</TD></TR><!-- > --><TR><TD a=">">x</TD><TD>1</TD><TD>z</TD></TR>',
    );
    async function* bytes() {
      for (const byte of new TextEncoder().encode(text)) yield Uint8Array.of(byte);
    }
    expect(await readTable(bytes())).toEqual(await readTable(text));
  });

  test("has its bad rows reported by number", async () => {
    const table = await readTable(
      tabledata("<TR><TD>a</TD><TD>1</TD><TD>2</TD></TR><TR><TD>b</TD><TD>NaN</TD><TD>2</TD></TR><TR><TD>c</TD></TR>"),
    );
    expect(table.badRows).toEqual([
      { place: 2, reason: 'right ascension "NaN" is not a number' },
      { place: 3, reason: "1 fields where the header has 3" },
    ]);
  });
});

test("columns are found by UCD1, by name, and by parameter", async () => {
  const row = "<TABLEDATA><TR><TD>10</TD><TD>20</TD></TR></TABLEDATA>";
  for (const fields of [
    '<FIELD name="a" ucd="POS_EQ_RA_MAIN" datatype="double"/><FIELD name="b" ucd="POS_EQ_DEC_MAIN" datatype="double"/>',
    '<FIELD name="a" ucd="pos.eq.ra" datatype="double"/><FIELD name="b" ucd="pos.eq.dec" datatype="double"/>',
    '<FIELD name="RAJ2000" datatype="double"/><FIELD name="DEJ2000" datatype="double"/>',
  ]) {
    expect((await readTable(votable(row, fields))).ra[0]).toBe(10);
  }
  const hours = '<FIELD name="ra" unit="h" datatype="double"/><FIELD name="dec" unit="rad" datatype="double"/>';
  expect((await readTable(votable("<TABLEDATA><TR><TD>10</TD><TD>1</TD></TR></TABLEDATA>", hours))).ra[0]).toBe(150);
});

describe("BINARY", () => {
  /** A row: variable-length text, two doubles. */
  function row(name: string, ra: number, dec: number): Buffer {
    const bytes = Buffer.alloc(4 + name.length + 16);
    bytes.writeUInt32BE(name.length, 0);
    bytes.write(name, 4);
    bytes.writeDoubleBE(ra, 4 + name.length);
    bytes.writeDoubleBE(dec, 12 + name.length);
    return bytes;
  }

  test("is read", async () => {
    const rows = Buffer.concat([row("Vega", 279.2347, 38.7837), row("x", Number.NaN, 0), row("", 1, -2)]);
    const table = await readTable(votable(`<BINARY>${base64(rows)}</BINARY>`));
    expect([...table.rows]).toEqual([
      ["Vega", "279.2347", "38.7837"],
      ["", "1", "-2"],
    ]);
    expect(table.badRows[0]?.place).toBe(2);
  });

  test("2 has flags of null before each row", async () => {
    const rows = Buffer.concat([
      Uint8Array.of(0x80),
      row("gone", 1, 2),
      Uint8Array.of(0x00),
      row("here", 3, 4),
      Uint8Array.of(0x40),
      row("no", 5, 6),
    ]);
    const table = await readTable(votable(`<BINARY2>${base64(rows)}</BINARY2>`));
    expect([...table.rows]).toEqual([
      ["", "1", "2"],
      ["here", "3", "4"],
    ]);
    expect(table.badRows).toEqual([{ place: 3, reason: "right ascension is empty" }]);
  });

  test("has all datatypes", async () => {
    const fields = `<FIELD name="ra" datatype="float"/><FIELD name="dec" datatype="short"/><FIELD name="l" datatype="long"/><FIELD name="i" datatype="int" arraysize="2"/>
<FIELD name="u" datatype="unsignedByte"/><FIELD name="b" datatype="boolean"/><FIELD name="bits" datatype="bit" arraysize="10"/><FIELD name="w" datatype="unicodeChar" arraysize="3"/><FIELD name="c" datatype="char" arraysize="4"/><FIELD name="z" datatype="floatComplex"/>`;
    const bytes = Buffer.alloc(4 + 2 + 8 + 8 + 1 + 1 + 2 + 6 + 4 + 8);
    bytes.writeFloatBE(10.1, 0);
    bytes.writeInt16BE(-20, 4);
    bytes.writeBigInt64BE(-9007199254740993n, 6);
    bytes.writeInt32BE(7, 14);
    bytes.writeInt32BE(-8, 18);
    bytes.set([255, 84, 0b10100000, 0b01000000], 22);
    bytes.set([0, 0x61, 3, 0xb1, 0, 0], 26);
    bytes.write("ab", 32);
    bytes.writeFloatBE(0.5, 36);
    bytes.writeFloatBE(0.1, 40);
    const table = await readTable(votable(`<BINARY>${base64(bytes)}</BINARY>`, fields));
    expect([...table.rows]).toEqual([
      ["10.1", "-20", "-9007199254740993", "7 -8", "255", "T", "1 0 1 0 0 0 0 0 0 1", "aα", "ab", "0.5 0.1"],
    ]);
  });

  test("that stops in a row, is not base64 or lies elsewhere is an error", async () => {
    const bytes = row("Vega", 1, 2);
    await expect(readTable(votable(`<BINARY>${base64(bytes.subarray(0, 21))}</BINARY>`))).rejects.toThrow(
      "ends in the middle of a row",
    );
    await expect(readTable(votable('<BINARY><STREAM encoding="base64">!!!!</STREAM></BINARY>'))).rejects.toThrow(
      "not base64",
    );
    await expect(readTable(votable('<BINARY><STREAM href="file:///etc/passwd"/></BINARY>'))).rejects.toThrow(
      "only data inside the file are read",
    );
    await expect(readTable(votable("<FITS/>"))).rejects.toThrow("FITS");
  });
});

describe("what cannot be used", () => {
  test("is told in words", async () => {
    const row = "<TR><TD>a</TD><TD>1</TD><TD>2</TD></TR>";
    for (const [text, message] of [
      [tabledata(row).slice(0, -60), "ends too early"],
      [tabledata(row).replace("</TD></TR>", "</TR>"), "</TR> closes <TD>"],
      [tabledata("<TR><TD>&nbsp;</TD></TR>"), "the reference &nbsp; is not known"],
      [
        tabledata(row).replace("<VOTABLE", '<!DOCTYPE x [<!ENTITY a "b">]><VOTABLE'),
        "internal document type definition",
      ],
      ["<html><body/></html>", "root element is <html>"],
      ["<VOTABLE><RESOURCE/></VOTABLE>", "no table with data"],
      [votable("<TABLEDATA/>"), "no rows"],
      [votable("<TABLEDATA/>", '<FIELD name="q" datatype="int"/>'), "these columns: q."],
      [tabledata(row).replace('unit="deg"', 'unit="m"'), 'in the unit "m"'],
      [
        votable("", FIELDS, '<INFO name="QUERY_STATUS" value="ERROR">no such table</INFO>'),
        "report of an error: no such table",
      ],
      [
        votable(
          `<TABLEDATA>${row}</TABLEDATA>`,
          FIELDS.replace('name="x"', 'name="x" ref="g"'),
          '<COOSYS ID="g" system="galactic"/>',
        ),
        "in the system galactic",
      ],
      ["<VOTABLE>".repeat(200), "nested more than 100 deep"],
      [`<VOTABLE ${"a".repeat(2_000_000)}`, "too long"],
    ] as const) {
      await expect(readTable(text)).rejects.toThrow(message);
    }
  });
});
