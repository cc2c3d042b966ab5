import type { PeerCertificate } from "node:tls";
import type { WorkerServiceHandlers } from "@uws/protocol";
import type { Announcements } from "./announcements.ts";
import type { AttemptWriter } from "./attempt-writer.ts";
import type { Authentication } from "./authentication.ts";
import type { GatewayDependencies } from "./dependencies.ts";
import { grpcError } from "./grpc-error.ts";
import type { ResultStore } from "./result-store.ts";
import { Session } from "./session.ts";
import type { Sessions } from "./sessions.ts";
import type { TypeWatch } from "./type-watch.ts";

/** The control stream of a worker: a session for each. */
export function workHandler(
  dependencies: GatewayDependencies,
  authentication: Authentication,
  sessions: Sessions,
  types: TypeWatch,
  writer: AttemptWriter,
  results: ResultStore,
  announcements: Announcements,
  onChange: () => void,
): WorkerServiceHandlers["Work"] {
  return (call) => {
    const session: Session = new Session(
      dependencies,
      authentication.bearerOf(call),
      subjectOf(call.getAuthContext()),
      {
        send: (message) => void call.write(message),
        close(error) {
          // `call.destroy(error)` would leave the worker hanging.
          if (error === undefined) call.end();
          else call.emit("error", grpcError(error));
        },
        pause: () => call.pause(),
        resume: () => call.resume(),
      },
      types,
      writer,
      results,
      announcements,
      () => {
        if (session.closed) sessions.remove(session);
        else if (session.types.size > 0) sessions.replaceOthers(session);
        onChange();
      },
    );
    sessions.add(session);
    call.on("data", (message) => session.receive(message));
    // An abrupt death shows as an end first, so that an end alone is no goodbye: the leases decide in either case.
    call.on("end", () => session.close());
    call.on("cancelled", () => session.close());
    call.on("error", () => session.close());
  };
}

/** Who a valid client certificate was issued to. */
function subjectOf({ sslPeerCertificate }: { sslPeerCertificate?: PeerCertificate }): string | undefined {
  const name = sslPeerCertificate?.subject.CN;
  return name === undefined ? undefined : String(name);
}
