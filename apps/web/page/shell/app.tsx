import { lookAtServer, type RemoteServer } from "@uws/client";
import { useEffect, useRef, useState } from "preact/hooks";
import { Refusal } from "../common/refusal.tsx";
import { FormPage } from "../form/form-page.tsx";
import { JobPage } from "../job/job-page.tsx";
import { JobsPage } from "../jobs/jobs-page.tsx";
import { ServicesPage } from "../services/services-page.tsx";
import { Header } from "./header.tsx";
import { OtherAddress } from "./other-address.tsx";
import { type Place, placeOf } from "./place.ts";
import { useAddress } from "./router.tsx";
import { ask, serverUrl } from "./server.ts";
import { listOf, ServerContext } from "./services-context.ts";

/** The whole page: what is at its address, below a header. */
export function App() {
  const [server, setServer] = useState<RemoteServer>();
  const [error, setError] = useState<unknown>();
  const { path, query } = useAddress();
  useEffect(() => {
    lookAtServer(serverUrl, { fetch: ask }).then(setServer, setError);
  }, []);
  useFocusAfter(path);

  if (error !== undefined) {
    return (
      <main>
        <Refusal error={error} />
      </main>
    );
  }
  if (server === undefined) return <main aria-busy="true" />;
  const place = placeOf(path, server.services.map(listOf));
  return (
    <ServerContext.Provider value={server}>
      <Header place={place} />
      <main tabIndex={-1}>
        <OtherAddress />
        <Shown place={place} query={query} />
      </main>
    </ServerContext.Provider>
  );
}

function Shown({ place, query }: { readonly place: Place; readonly query: URLSearchParams }) {
  switch (place.page) {
    case "services":
      return <ServicesPage />;
    case "jobs":
      return <JobsPage key={place.list} list={place.list} query={query} />;
    case "new":
      return <FormPage key={place.list + query} list={place.list} query={query} />;
    case "job":
      return <JobPage key={place.id} list={place.list} id={place.id} />;
    case "nothing":
      return (
        <div class="notice">
          <h1 tabIndex={-1}>There is nothing at this address</h1>
          <p>The service may have been renamed or removed.</p>
        </div>
      );
  }
}

/** Who reads by ear or goes by keyboard begins at the heading of what is new. */
function useFocusAfter(path: string): void {
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    const heading = document.querySelector<HTMLElement>("main h1") ?? document.querySelector("main");
    heading?.focus({ preventScroll: true });
    window.scrollTo(0, 0);
  }, [path]);
}
