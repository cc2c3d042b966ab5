import type { ServiceDescriptions } from "@uws/client";
import { useEffect, useState } from "preact/hooks";
import { clientOf } from "../shell/server.ts";

export interface KnownDescriptions {
  readonly descriptions: ServiceDescriptions | undefined;
  readonly error: unknown;
}

/** The job types of a service, asked for once; undefined until they are there. */
export function useDescriptions(list: string): KnownDescriptions {
  const [known, setKnown] = useState<KnownDescriptions>({ descriptions: undefined, error: undefined });
  useEffect(() => {
    const leaving = new AbortController();
    clientOf(list)
      .descriptions({ signal: leaving.signal })
      .then(
        (descriptions) =>
          setKnown({
            descriptions,
            error: descriptions === undefined ? new Error("The service has no description.") : undefined,
          }),
        (error: unknown) => {
          if (!leaving.signal.aborted) setKnown({ descriptions: undefined, error });
        },
      );
    return () => leaving.abort();
  }, [list]);
  return known;
}
