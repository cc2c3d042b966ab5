import type { Attributes } from "./xml.ts";

/** The schema keeps this name in version 1.1 (UWS 1.1, appendix A). */
export const uwsNamespace = "http://www.ivoa.net/xml/UWS/v1.0";

/** What jobInfo holds is ours (UWS 1.1, section 2.1.12: any content). */
export const jobInfoNamespace = "urn:bun-uws:job-info:1";

/** Declared on every root with these very prefixes: there are clients that match them as text. */
export const rootNamespaces = {
  "xmlns:uws": uwsNamespace,
  "xmlns:xlink": "http://www.w3.org/1999/xlink",
  "xmlns:xsi": "http://www.w3.org/2001/XMLSchema-instance",
} as const satisfies Attributes;
