/** Answers as UWS wants them. */

/** To where there is something to see now (UWS 1.1, section 2.2.3: every change is answered so). */
export function seeOther(location: string): Response {
  return new Response(null, { status: 303, headers: { location } });
}

/** A bare value, no newline. */
export function textAnswer(text: string): Response {
  return new Response(text, { headers: { "content-type": "text/plain; charset=utf-8" } });
}

/** What depends on the client's Accept. */
export function negotiatedAnswer(body: string | ReadableStream<Uint8Array>, mediaType: string): Response {
  return new Response(body, { headers: { "content-type": `${mediaType}; charset=utf-8`, vary: "accept" } });
}

export function jsonAnswer(value: unknown, status = 200): Response {
  return new Response(JSON.stringify(value), {
    status,
    headers: { "content-type": "application/json", vary: "accept" },
  });
}

const encoder = new TextEncoder();

/**
 * Text that is made as fast as the client reads it: Bun asks for more when it has sent what it has, but for some megabytes.
 * A piece may be empty, where there is nothing to say yet; that is where the making stops when the client has left.
 */
export function streamText(
  pieces: AsyncIterator<string, void, void>,
  onCancel?: () => void,
): ReadableStream<Uint8Array> {
  let cancelled = false;
  return new ReadableStream<Uint8Array>(
    {
      async pull(controller) {
        for (;;) {
          const next = await pieces.next();
          if (cancelled) return;
          if (next.done === true) return controller.close();
          if (next.value !== "") return controller.enqueue(encoder.encode(next.value));
        }
      },
      async cancel() {
        cancelled = true;
        onCancel?.();
        await pieces.return?.();
      },
    },
    // Nothing is made before it is asked for: a HEAD request never asks.
    { highWaterMark: 0 },
  );
}
