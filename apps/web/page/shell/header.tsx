import { useContext } from "preact/hooks";
import { loginUrl } from "../common/login-url.ts";
import { useIdentity } from "./identity.ts";
import { type Place, pathOf } from "./place.ts";
import { Link } from "./router.tsx";
import { serverUrl } from "./server.ts";
import { ServerContext, useService } from "./services-context.ts";

/** Where one is, the ways up, and who one is. */
export function Header({ place }: { readonly place: Place }) {
  const { canLogIn } = useContext(ServerContext);
  const identity = useIdentity();
  return (
    <header>
      <nav aria-label="Where you are">
        <Link to="" class="home">
          Job services
        </Link>
        {"list" in place && <Trail place={place} />}
      </nav>
      <p class="who">
        <span title="All times on this page are in Coordinated Universal Time">Times are UTC</span>
        <a href={`${serverUrl}swagger`}>API</a>
        {identity !== undefined && <span class="user">{identity}</span>}
        {identity === undefined && canLogIn && <a href={loginUrl()}>Log in</a>}
      </p>
    </header>
  );
}

function Trail({ place }: { readonly place: Extract<Place, { readonly list: string }> }) {
  const service = useService(place.list);
  return (
    <>
      <Link to={pathOf({ page: "jobs", list: place.list })}>{service?.path ?? place.list}</Link>
      {place.page === "job" && <span aria-current="page">job</span>}
      {place.page === "new" && <span aria-current="page">new job</span>}
    </>
  );
}
