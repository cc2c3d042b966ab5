import fc from "fast-check";

/** Any UTF-16 code unit: half a surrogate pair as well. */
const brokenText = fc
  .array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 12 })
  .map((units) => String.fromCharCode(...units));

/** What has gone wrong somewhere, once. */
const knownTrouble = fc.constantFrom(
  "",
  " ",
  "\t",
  "\n",
  "\r",
  "\r\n",
  "\0",
  "\u0001",
  "\u001b[31mred\u001b[0m",
  "\u007f\u0080\u0085",
  "\u2028\u2029",
  "\ufeff",
  "\ufffe",
  "\uffff",
  "\ufffd",
  "\ud800",
  "\udfff",
  "🂡\u{10ffff}",
  "<",
  "&",
  "&amp;",
  "&#0;",
  "&#x1F;",
  "]]>",
  "<![CDATA[",
  "<!--",
  "-->",
  "<?xml?>",
  '"',
  "'",
  "<uws:phase>COMPLETED</uws:phase>",
  '<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>',
  "<script>alert(1)</script>",
  "%",
  "%00",
  "%ff",
  "%2F",
  "+",
  "=",
  "a=b&c=d",
  ";",
  "\\",
  '\\"',
  "..",
  "/",
  "../../etc/passwd",
  "'; drop table jobs; --",
  "$x",
  "{}",
  "[]",
  "null",
  "NaN",
  "1e400",
  "-0",
  "ſ",
  "ı",
  "İ",
  "K",
  "ß",
  "\u202egnp.exe",
);

/** Names that objects have without being asked. */
export const prototypeName = fc.constantFrom(
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "valueOf",
  "hasOwnProperty",
  "__defineGetter__",
  "then",
  "length",
  "toJSON",
);

const longText = fc
  .tuple(fc.constantFrom("a", "é", "🂡", "&", "<", "\u0001", "]]>"), fc.integer({ min: 50, max: 3000 }))
  .map(([unit, times]) => unit.repeat(times));

/** Any text at all, that which has made trouble more often than its share. */
export const anyText = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: "binary", maxLength: 20 }) },
  { weight: 3, arbitrary: fc.string({ unit: "grapheme", maxLength: 20 }) },
  { weight: 2, arbitrary: fc.string({ maxLength: 20 }) },
  { weight: 3, arbitrary: knownTrouble },
  { weight: 2, arbitrary: fc.array(knownTrouble, { maxLength: 6 }).map((parts) => parts.join("")) },
  { weight: 1, arbitrary: brokenText },
  { weight: 1, arbitrary: longText },
);

/** A parameter's name: mostly a sensible one. */
export const anyName = fc.oneof(
  { weight: 4, arbitrary: fc.stringMatching(/^[A-Za-z][A-Za-z0-9_]{0,6}$/) },
  {
    weight: 2,
    arbitrary: fc.constantFrom("a", "A", "b", "param:a", "UPLOAD", "request", "ID", "É", "é", "phaſe", "runıd"),
  },
  { weight: 1, arbitrary: prototypeName },
  { weight: 2, arbitrary: anyText },
);

/** Of several texts, some twice. */
export const anyPairs = fc.array(fc.tuple(anyName, anyText), { maxLength: 8 });

/** Bytes that need not be text. */
export const anyBytes = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  anyText.map((text) => new TextEncoder().encode(text)),
  fc.constantFrom("\r\n--", "\r\n", "--\r\n").map((text) => new TextEncoder().encode(text)),
);
