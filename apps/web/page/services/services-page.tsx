import type { RemoteService, RemoteType } from "@uws/client";
import { useContext } from "preact/hooks";
import { Paragraphs } from "../common/paragraphs.tsx";
import { useTitle } from "../common/use-title.ts";
import { webLink } from "../common/web-link.ts";
import { pathOf } from "../shell/place.ts";
import { Link } from "../shell/router.tsx";
import { listOf, ServerContext } from "../shell/services-context.ts";

/** The services of the server and what they do. */
export function ServicesPage() {
  const { services } = useContext(ServerContext);
  useTitle("Job services");
  return (
    <>
      <h1 tabIndex={-1}>Job services</h1>
      {services.length === 0 && <p>This server has no services.</p>}
      {services.map((service) => (
        <ServiceSection key={service.path} service={service} />
      ))}
    </>
  );
}

function ServiceSection({ service }: { readonly service: RemoteService }) {
  const list = listOf(service);
  const several = service.types.length > 1;
  return (
    <section class="service" aria-label={service.path}>
      <div class="heading">
        <h2>
          <Link to={pathOf({ page: "jobs", list })}>{service.path}</Link>
        </h2>
        <p class="buttons">
          <Link class="button" to={pathOf({ page: "jobs", list })}>
            Jobs
          </Link>
          <Link class="button primary" to={pathOf({ page: "new", list })}>
            New job
          </Link>
        </p>
      </div>
      {service.types.map((type) => (
        <TypeSection key={type.name} type={type} list={several ? list : undefined} />
      ))}
    </section>
  );
}

/** @param list where a form for this very type is to be had */
function TypeSection({ type, list }: { readonly type: RemoteType; readonly list: string | undefined }) {
  const documentation = webLink(type.documentation);
  const { contact } = type;
  return (
    <div class="type">
      <h3>{type.title ?? type.name}</h3>
      <p class="facts">
        <code>
          {type.name} {type.version}
        </code>
        {documentation !== undefined && (
          <a href={documentation} rel="noreferrer">
            Documentation
          </a>
        )}
        {contact !== undefined && (
          <span>
            Contact:{" "}
            {contact.email === undefined ? (
              contact.name
            ) : (
              <a href={`mailto:${encodeURIComponent(contact.email).replace("%40", "@")}`}>
                {contact.name ?? contact.email}
              </a>
            )}
          </span>
        )}
        {list !== undefined && (
          <Link to={pathOf({ page: "new", list })} query={new URLSearchParams({ type: type.name })}>
            New job of this type
          </Link>
        )}
      </p>
      {type.description !== undefined && <About text={type.description} />}
    </div>
  );
}

/** The first paragraph says what it is; the others are for those who want to know more. */
function About({ text }: { readonly text: string }) {
  const [first = "", ...others] = text.split(/\n\s*\n/);
  return (
    <>
      <Paragraphs text={first} class="about" />
      {others.join("").trim() !== "" && (
        <details>
          <summary>More</summary>
          <Paragraphs text={others.join("\n\n")} class="about" />
        </details>
      )}
    </>
  );
}
