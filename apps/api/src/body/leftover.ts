import { waitAtMost } from "../wait-at-most.ts";

/** Milliseconds for which a client that is told to stop may go on sending before its connection is cut. */
const grace = 2000;
/** Milliseconds without a byte after which it has stopped. */
const silence = 100;

/**
 * Deals with what a request still sends when it is answered. Mostly it is passed over; a client whose body is too large gets some
 * time to read so: a connection that is closed while bytes come in is reset, and the answer lost on its way
 * (RFC 9112, section 9.6). Who does not stop then is cut off.
 */
export function withLeftover(answer: Response, { body, signal }: Request): Response {
  if (body === null || body.locked) return answer;
  if (answer.status !== 413) {
    body.cancel().catch(() => {});
    return answer;
  }
  const text = answer.bytes();
  const shown = new ReadableStream<Uint8Array>({
    async start(controller) {
      controller.enqueue(await text);
      if (await stopped(body, signal)) controller.close();
      else controller.error(new Error("the client did not stop sending"));
    },
  });
  return new Response(shown, { status: answer.status, headers: answer.headers });
}

/** Reads what comes. @returns whether the client has stopped in time */
async function stopped(body: ReadableStream<Uint8Array>, signal: AbortSignal): Promise<boolean> {
  const reader = body.getReader();
  const end = performance.now() + grace;
  try {
    while (performance.now() < end) {
      if (signal.aborted) return true;
      // Where nothing comes in time, the client has stopped, too.
      let ended = true;
      const read = reader.read().then(({ done }) => {
        ended = done;
      });
      await waitAtMost(read, silence, signal);
      if (ended) return true;
    }
    return false;
  } catch {
    return true;
  } finally {
    reader.cancel().catch(() => {});
  }
}
