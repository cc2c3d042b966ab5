/** The trace that a request belongs to (W3C Trace Context, section 3.2), handed on to the job's worker. */
export function traceContextOf(headers: Headers): Record<string, string> | undefined {
  const traceparent = headers.get("traceparent");
  if (traceparent === null || !/^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent))
    return undefined;
  const tracestate = headers.get("tracestate");
  const usable = tracestate !== null && tracestate.length <= 512;
  return usable ? { traceparent, tracestate } : { traceparent };
}
