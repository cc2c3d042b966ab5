import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { run, stilts } from "../support/tools/index.ts";

/** Our own namespace for what holds the documents. Each of them must be valid by the schema of its root's namespace. */
const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="urn:documents">
<xs:element name="documents"><xs:complexType><xs:sequence>
<xs:any namespace="##other" processContents="strict" maxOccurs="unbounded"/>
</xs:sequence></xs:complexType></xs:element>
</xs:schema>`;

/**
 * Validates documents by the schemas of the IVOA, which STILTS brings with it: all of them in one document, since
 * `xsdvalidate` takes one, and its start takes longer than anything else.
 * @param documents by name
 * @returns what is wrong, a line each: the name, and what STILTS says
 */
export async function validate(documents: ReadonlyMap<string, string>): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "uws-validate-"));
  try {
    const [schemaFile, file] = [join(folder, "documents.xsd"), join(folder, "documents.xml")];
    const { text, nameAt } = together(documents);
    await Promise.all([writeFile(schemaFile, schema), writeFile(file, text)]);
    const location = `schemaloc=urn:documents=file://${schemaFile}`;
    const { code, out, error } = await run(await stilts(), ["xsdvalidate", "uselocals=true", location, `doc=${file}`]);
    const said = `${out}${error}`.trim();
    if (code === 0 && said === "") return [];
    // ERROR: (l.5, c.28): …
    const located = [...said.matchAll(/^.*\(l\.(\d+), c\.\d+\).*$/gm)];
    return located.length === 0 ? [said] : located.map(([line, at]) => `${nameAt(Number(at))}: ${line}`);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function together(documents: ReadonlyMap<string, string>) {
  const lines = ['<d:documents xmlns:d="urn:documents">'];
  const lastLines: (readonly [line: number, name: string])[] = [];
  for (const [name, document] of documents) {
    lines.push(...document.replace(/^<\?xml[^>]*\?>/, "").split("\n"));
    lastLines.push([lines.length, name]);
  }
  lines.push("</d:documents>");
  return { text: lines.join("\n"), nameAt: (at: number) => lastLines.find(([line]) => at <= line)?.[1] ?? "all" };
}
