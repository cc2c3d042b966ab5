import { useContext } from "preact/hooks";
import { serverUrl } from "./server.ts";
import { listOf, ServerContext } from "./services-context.ts";

/** The server redirects to the address by which it knows itself: from another one, a browser does not let the page follow. */
export function OtherAddress() {
  const { services } = useContext(ServerContext);
  const [first] = services;
  if (first === undefined) return null;
  const { jobList } = first;
  if (jobList === new URL(listOf(first), serverUrl).href) return null;
  const address = `${jobList.slice(0, -listOf(first).length)}ui/`;
  return (
    <p class="notice" role="alert">
      This server is configured for another address, and here some things will not work: open{" "}
      <a href={address}>{address}</a>
    </p>
  );
}
