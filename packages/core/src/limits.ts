/** Everything that can grow has a limit. These are the defaults; configuration may change what says so. */
export const limits = {
  /** Bytes of a request body that is held in memory: forms without files, JSON. */
  formBytes: 1024 * 1024,
  /** Bytes of one upload (multipart body). */
  uploadBytes: 4 * 1024 ** 3,
  /** Parameters of one job, repetitions counted. */
  parameters: 1000,
  /** Characters of a parameter name. */
  parameterNameLength: 200,
  /** Characters of a run id (UWS 1.1 sets none). */
  runIdLength: 255,
  /** Seconds; the largest xs:int, the type of executionDuration. */
  executionDuration: 2_147_483_647,
  /** Seconds that one WAIT request blocks at most. */
  waitSeconds: 60,
  /** WAIT and event requests open at once in one process; further waits are answered at once. */
  waiters: 20_000,
  /** Those of one owner or, where callers are anonymous, of one address. */
  waitersPerCaller: 1000,
  /** Jobs that one JSON page of a list holds. */
  listPage: 1000,
  /** … with their summaries. */
  listSummaries: 100,
  /** Parameters, and results, in the summary of a job. */
  summaryItems: 10,
  /** Characters of a value or a message in it. */
  summaryText: 200,
  /** Jobs that one such page looks at, where a filter on type, parameters, or phase and run id makes it look. */
  listScan: 10_000,
  /** Parameter values that a list is filtered by. */
  listParameters: 10,
  /** Jobs that one batch creates, aborts, deletes or archives. */
  batchJobs: 1000,
  /** Users to whom an owner has granted one job. */
  jobGrants: 100,
  /** Tokens of one user, expired ones counted. */
  userTokens: 100,
  /** Bytes of the body of such a request. */
  batchBytes: 16 * 1024 * 1024,
  /** Errors of a batch that are told at once. */
  batchErrors: 100,
  /** Log lines stored for one attempt. */
  logLines: 10_000,
  /** Characters of one log line, progress message or error message. */
  messageLength: 4096,
  /** Characters of an error's detail. */
  detailLength: 64 * 1024,
  /** Results of one job. */
  results: 10_000,
  /** Bytes of a result that travels on the control stream. */
  inlineResultBytes: 64 * 1024,
  /** Bytes of one result. */
  resultBytes: 64 * 1024 ** 3,
  /** Bytes of a checkpoint. */
  checkpointBytes: 1024 * 1024,
  /** Bytes of one message of the worker protocol. */
  messageBytes: 4 * 1024 * 1024,
  /** Jobs up to which statistics count. */
  statisticsCount: 100_000,
  /** Latest jobs of which they take the durations. */
  statisticsSample: 1000,
  /** Jobs of one type that are published and not yet claimed. */
  dispatchWindow: 256,
  /** … where few or none of the type run: twice as many as run, so many at least. */
  dispatchWindowLeast: 32,
  /** Jobs that one request of a worker without gRPC claims. */
  claims: 100,
  /** Log lines, and results, of one request of such a worker. */
  updateEvents: 1000,
  /** Owners (times priorities) of one type among whom turns are given at once. */
  dispatchOwners: 500,
} as const;
