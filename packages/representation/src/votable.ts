import { element, xmlDeclaration } from "./xml.ts";

const namespaces = {
  version: "1.4",
  xmlns: "http://www.ivoa.net/xml/VOTable/v1.3",
  "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
  "xsi:schemaLocation": "http://www.ivoa.net/xml/VOTable/v1.3 http://www.ivoa.net/xml/VOTable/v1.3",
} as const;

/**
 * A VOTable 1.4 (its namespace says 1.3).
 * @param resources RESOURCE elements
 */
export function votable(resources: readonly string[]): string {
  return `${xmlDeclaration}${element("VOTABLE", namespaces, `\n${resources.join("\n")}\n`)}\n`;
}
