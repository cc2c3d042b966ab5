/** What goes on the wire: UWS XML, JSON, HTML, and the values of control parameters. No HTTP framework, no store. */

export { type BatchSelection, batchSelectionQuery, parseBatchSelection } from "./batch-selection.ts";
export {
  type PhaseAction,
  parseExecutionDuration,
  parseOccurrence,
  parsePhaseAction,
  parseWait,
  phaseActions,
  type Wait,
} from "./control.ts";
export { errorVotable } from "./error-votable.ts";
export { jobHtml, jobListHtml } from "./job-html.ts";
export {
  type ErrorSummaryJson,
  type JobJson,
  type JobLinksJson,
  type JobListJson,
  type JobReferenceJson,
  type JobSummaryJson,
  jobJson,
  jobListJson,
  type ParameterJson,
  parametersJson,
  type ResultJson,
  type SummarizedJob,
  type SummarizedParameterJson,
} from "./job-json.ts";
export { jobListXml } from "./job-list-xml.ts";
export { jobXml, parametersXml, resultsXml } from "./job-xml.ts";
export { jobListSchema, jobSchema, problemSchema } from "./json-schema.ts";
export { type JobLinks, jobUrl, parameterUrls, resultUrl } from "./links.ts";
export { type ListFilter, type ListPage, listFilterQuery, parseListFilter, parseListPage } from "./list-filter.ts";
export { jobInfoNamespace, uwsNamespace } from "./namespaces.ts";
export { errorFormat, negotiate, type Representation } from "./negotiate.ts";
export { type DescriptionMediaType, negotiateDescription } from "./negotiate-description.ts";
export { type OpusJob, opusDescriptions } from "./opus-description.ts";
export type { ParameterGroup } from "./parameter-group.ts";
export { internalProblem, type Problem, problem, statusOf } from "./problem.ts";
export { type ServiceDescriptor, serviceDescriptors } from "./service-descriptor.ts";
export { formatTime, parseDestruction, parseTime } from "./time.ts";
export { type Availability, availabilityJson, availabilityXml } from "./vosi-availability.ts";
export {
  type Capability,
  type CapabilityInterface,
  capabilitiesJson,
  capabilitiesXml,
} from "./vosi-capabilities.ts";
export { isXmlText } from "./xml.ts";
