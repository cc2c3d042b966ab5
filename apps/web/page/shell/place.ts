/** What the page shows. Its address below `/ui/` is that of the resource below the server's: `crossmatch/async/ID`. */
export type Place =
  | { readonly page: "services" }
  /** `list` is the path of a job list, no slash at either end. */
  | { readonly page: "jobs"; readonly list: string }
  | { readonly page: "new"; readonly list: string }
  | { readonly page: "job"; readonly list: string; readonly id: string }
  | { readonly page: "nothing" };

/** No job has this id: theirs begin with a hexadecimal digit. */
const newJob = "new";

/**
 * What an address means.
 * @param path below the page's own address, encoded as in a URL
 * @param lists paths of the job lists that there are
 */
export function placeOf(path: string, lists: readonly string[]): Place {
  const segments = path.split("/").filter((segment) => segment !== "");
  if (segments.length === 0) return { page: "services" };
  const decoded = segments.map(decode);
  for (const length of [segments.length, segments.length - 1]) {
    const list = decoded.slice(0, length).join("/");
    if (!lists.includes(list)) continue;
    const id = decoded[length];
    if (id === undefined) return { page: "jobs", list };
    return id === newJob ? { page: "new", list } : { page: "job", list, id };
  }
  return { page: "nothing" };
}

/** The address of a place, below the page's own. */
export function pathOf(place: Exclude<Place, { page: "nothing" }>): string {
  if (place.page === "services") return "";
  const list = place.list.split("/").map(encodeURIComponent).join("/");
  if (place.page === "jobs") return list;
  return `${list}/${place.page === "new" ? newJob : encodeURIComponent(place.id)}`;
}

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
