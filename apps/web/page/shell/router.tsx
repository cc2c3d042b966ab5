import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { pageUrl } from "./server.ts";

/** Where the browser is: the path below the page, and the query. */
export interface Address {
  readonly path: string;
  readonly query: URLSearchParams;
}

const moved = new EventTarget();

function currentAddress(): Address {
  const { origin, pathname, search } = window.location;
  const path = `${origin}${pathname}`.slice(pageUrl.length);
  return { path, query: new URLSearchParams(search) };
}

/** The address, and again whenever it changes. */
export function useAddress(): Address {
  const [address, setAddress] = useState(currentAddress);
  useEffect(() => {
    const look = () => setAddress(currentAddress());
    window.addEventListener("popstate", look);
    moved.addEventListener("moved", look);
    return () => {
      window.removeEventListener("popstate", look);
      moved.removeEventListener("moved", look);
    };
  }, []);
  return address;
}

/** The absolute URL of a path below the page. */
export function urlOf(path: string, query?: URLSearchParams): string {
  const text = query?.toString() ?? "";
  return pageUrl + path + (text === "" ? "" : `?${text}`);
}

/** Goes somewhere else on the page. */
export function navigate(path: string, query?: URLSearchParams, options: { readonly replace?: boolean } = {}): void {
  const url = urlOf(path, query);
  if (options.replace) window.history.replaceState(null, "", url);
  else window.history.pushState(null, "", url);
  moved.dispatchEvent(new Event("moved"));
}

interface LinkProps {
  readonly to: string;
  readonly query?: URLSearchParams | undefined;
  readonly class?: string | undefined;
  readonly title?: string | undefined;
  readonly children: ComponentChildren;
}

/** A link within the page; with a key held it opens elsewhere, as any other. */
export function Link({ to, query, children, ...rest }: LinkProps) {
  const follow = (event: MouseEvent) => {
    if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
    event.preventDefault();
    navigate(to, query);
  };
  return (
    <a href={urlOf(to, query)} onClick={follow} {...rest}>
      {children}
    </a>
  );
}
