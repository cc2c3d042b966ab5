import type { ErrorSummary, Job, Parameter, Result } from "@uws/core";
import { type JobLinks, parameterUrls, resultUrl } from "./links.ts";
import { jobInfoNamespace, rootNamespaces } from "./namespaces.ts";
import { formatTime } from "./time.ts";
import { type Attributes, element, isXmlText, nilElement, textElement, xmlDeclaration } from "./xml.ts";

/**
 * A job as `uws:job` (UWS 1.1, section 2.2.1; JobSummary in the schema, whose order of elements this is). Nillable
 * elements are always there; what has no nil (runId, errorSummary) is left out.
 */
export function jobXml(job: Job, { url, quote }: JobLinks): string {
  const markup = [
    textElement("uws:jobId", job.id),
    job.runId === undefined ? "" : textElement("uws:runId", job.runId),
    ownerElement(job.owner),
    textElement("uws:phase", job.phase),
    timeElement("uws:quote", quote),
    textElement("uws:creationTime", formatTime(job.creationTime)),
    timeElement("uws:startTime", job.startTime),
    timeElement("uws:endTime", job.endTime),
    textElement("uws:executionDuration", String(job.executionDuration)),
    timeElement("uws:destruction", job.destruction),
    parametersElement(job.parameters, url),
    resultsElement(job.results, url),
    job.error === undefined ? "" : errorElement(job.error),
    jobInfoElement(job),
  ];
  return `${xmlDeclaration}${element("uws:job", { ...rootNamespaces, version: "1.1" }, lines(markup))}\n`;
}

/** The resource X/parameters: the element alone, which has no version attribute. */
export function parametersXml(parameters: readonly Parameter[], { url }: Pick<JobLinks, "url">): string {
  return `${xmlDeclaration}${parametersElement(parameters, url, rootNamespaces)}\n`;
}

/** The resource X/results: the element alone, which has no version attribute. */
export function resultsXml(results: readonly Result[], { url }: Pick<JobLinks, "url">): string {
  return `${xmlDeclaration}${resultsElement(results, url, rootNamespaces)}\n`;
}

/** The owner, or nil where the client was anonymous. */
export function ownerElement(owner: string | undefined): string {
  return owner === undefined ? nilElement("uws:ownerId") : textElement("uws:ownerId", owner);
}

/** White space between elements is for people: only where an element holds elements and nothing else. */
function lines(markup: readonly string[]): string {
  const present = markup.filter((part) => part !== "");
  return present.length === 0 ? "" : `\n${present.join("\n")}\n`;
}

function timeElement(name: string, time: Date | undefined): string {
  return time === undefined ? nilElement(name) : textElement(name, formatTime(time));
}

function parametersElement(parameters: readonly Parameter[], url: string, attributes: Attributes = {}): string {
  const urls = parameterUrls(url, parameters);
  const markup = parameters.map((parameter, index) => parameterElement(parameter, urls[index] ?? url));
  return element("uws:parameters", attributes, lines(markup));
}

/**
 * A value stands for itself where XML can hold it; otherwise, and for an upload, there is the URL at which it can be
 * had (UWS 1.1, section 2.1.11).
 */
function parameterElement(parameter: Parameter, url: string): string {
  const { name } = parameter;
  return "value" in parameter && isXmlText(parameter.value)
    ? textElement("uws:parameter", parameter.value, { id: name })
    : textElement("uws:parameter", url, { id: name, byReference: true });
}

function resultsElement(results: readonly Result[], url: string, attributes: Attributes = {}): string {
  const markup = results.map((result) =>
    element(
      "uws:result",
      {
        id: result.id,
        "xlink:type": "simple",
        "xlink:href": resultUrl(url, result.id),
        "mime-type": result.mediaType,
        size: result.size,
      },
      "",
    ),
  );
  return element("uws:results", attributes, lines(markup));
}

function errorElement(error: ErrorSummary): string {
  const attributes = { type: error.type, hasDetail: error.detail !== undefined };
  return element("uws:errorSummary", attributes, textElement("uws:message", error.message));
}

/** What the standard has no place for. Elements only: text and attributes of jobInfo are not in the schema. */
function jobInfoElement({ progress, attempt, worker }: Job): string {
  const markup = [
    progress === undefined
      ? ""
      : element(
          "info:progress",
          {},
          textElement("info:fraction", String(progress.fraction)) + textElement("info:message", progress.message),
        ),
    attempt === 0 ? "" : textElement("info:attempt", String(attempt)),
    worker === undefined ? "" : textElement("info:worker", worker),
  ];
  const inside = lines(markup);
  return inside === "" ? "" : element("uws:jobInfo", { "xmlns:info": jobInfoNamespace }, inside);
}
