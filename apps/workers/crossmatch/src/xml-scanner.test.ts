import { expect, test } from "bun:test";
import fc from "fast-check";
import { XmlScanner } from "./xml-scanner.ts";
import { xmlText } from "./xml-text.ts";

function scan(pieces: readonly string[]): string[] {
  const events: string[] = [];
  const scanner = new XmlScanner({
    open: (name, attributes) => events.push(`<${name} ${JSON.stringify([...attributes])}`),
    close: (name) => events.push(`>${name}`),
    text: (text) => {
      const last = events.at(-1);
      if (last?.startsWith("=")) events[events.length - 1] = last + text;
      else events.push(`=${text}`);
    },
  });
  for (const piece of pieces) scanner.push(piece);
  scanner.end();
  return events;
}

test("gives elements, attributes and text, without prefixes", () => {
  expect(scan(["<?xml version='1.0'?><a:x b='1 &lt; \"2\"' xmlns:a='u'><y/>t&#x41;<![CDATA[<&>]]></a:x>\n"])).toEqual([
    '<x [["b","1 < \\"2\\""]]',
    "<y []",
    ">y",
    "=tA<&>",
    ">x",
  ]);
});

test("any text and attribute come back, wherever the document is cut", () => {
  const legal = fc
    .string({ unit: "grapheme" })
    .map((text) => text.replace(/[\p{Control}\p{Surrogate}\ufffe\uffff]/gu, ""));
  fc.assert(
    fc.property(legal, legal, fc.array(fc.nat(200), { maxLength: 6 }), (text, value, cuts) => {
      const document = `<!-- ' > " --><r a="${xmlText(value)}"><s>${xmlText(text)}</s></r>`;
      const places = [0, ...cuts.map((cut) => Math.min(cut, document.length)).sort((a, b) => a - b), document.length];
      const pieces = places.slice(1).map((place, index) => document.slice(places[index], place));
      const inner = text === "" ? [] : [`=${text}`];
      expect(scan(pieces)).toEqual([`<r ${JSON.stringify([["a", value]])}`, "<s []", ...inner, ">s", ">r"]);
    }),
  );
});

test("what is not well-formed is refused, with its line", () => {
  for (const bad of [
    "<a><b></a></b>",
    "<a>",
    "<a/><b/>",
    "x<a/>",
    "<a/>x",
    "<a b=c/>",
    "<a b='1/>",
    "<a>&x;</a>",
    "<a>&</a>",
    "<1/>",
    "",
    "<a><!ELEMENT x></a>",
  ]) {
    expect(() => scan([bad])).toThrow("not well-formed XML");
  }
  expect(() => scan(["<a>\n\n</b>"])).toThrow("line 3: </b> closes <a>");
});
