import { formatTime } from "./time.ts";
import { availabilityNamespaces } from "./vosi-namespaces.ts";
import { element, textElement, xmlDeclaration } from "./xml.ts";

/** Whether a service can be used now (VOSI 1.1, section 5). */
export interface Availability {
  readonly available: boolean;
  /** When it last became so. */
  readonly upSince: Date;
  /** For a person. */
  readonly notes: readonly string[];
}

/** `vosi:availability`, valid by the schema VOSIAvailability 1.0. A service that is not available is not up since any time. */
export function availabilityXml({ available, upSince, notes }: Availability): string {
  const children = [
    textElement("vosi:available", String(available)),
    ...(available ? [textElement("vosi:upSince", formatTime(upSince))] : []),
    ...notes.map((note) => textElement("vosi:note", note)),
  ];
  return `${xmlDeclaration}${element("vosi:availability", availabilityNamespaces, `\n${children.join("\n")}\n`)}\n`;
}

/** The same as JSON. */
export function availabilityJson({ available, upSince, notes }: Availability): object {
  return { available, upSince: available ? formatTime(upSince) : null, notes };
}
