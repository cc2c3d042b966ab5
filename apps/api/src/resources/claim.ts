import type { Resource } from "../resource.ts";
import { claimFromRequest } from "../workers/claim-jobs.ts";
import { describeClaim } from "../workers/claim-operation.ts";

/** Where workers without gRPC get jobs (ours). */
export const claim: Resource = {
  path: "/claim",
  methods: { POST: { open: true, handle: claimFromRequest, describe: describeClaim } },
};
