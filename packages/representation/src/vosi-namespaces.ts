import type { Attributes } from "./xml.ts";

const vosiCapabilities = "http://www.ivoa.net/xml/VOSICapabilities/v1.0";
const vosiAvailability = "http://www.ivoa.net/xml/VOSIAvailability/v1.0";
const voResource = "http://www.ivoa.net/xml/VOResource/v1.0";
const voDataService = "http://www.ivoa.net/xml/VODataService/v1.1";
const schemaInstance = "http://www.w3.org/2001/XMLSchema-instance";

/** The IVOA keeps each schema at the address that is its namespace. */
const located = (...namespaces: readonly string[]) =>
  namespaces.map((namespace) => `${namespace} ${namespace}`).join(" ");

/** For the root of a capabilities document (VOSI 1.1, section 3), with the prefixes that VOResource recommends. */
export const capabilitiesNamespaces = {
  "xmlns:vosi": vosiCapabilities,
  "xmlns:vr": voResource,
  "xmlns:vs": voDataService,
  "xmlns:xsi": schemaInstance,
  "xsi:schemaLocation": located(vosiCapabilities, voResource, voDataService),
} as const satisfies Attributes;

/** For the root of an availability document (VOSI 1.1, section 5). */
export const availabilityNamespaces = {
  "xmlns:vosi": vosiAvailability,
  "xmlns:xsi": schemaInstance,
  "xsi:schemaLocation": located(vosiAvailability),
} as const satisfies Attributes;
