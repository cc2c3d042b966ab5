import type { Job } from "@uws/core";
import { type JobLinks, jobXml } from "@uws/representation";

interface Shown {
  readonly url: string;
  readonly quote: number | undefined;
  readonly xml: string;
}

/**
 * The XML of jobs. Thousands who wait for one job and are woken together have read it together (`SingleFlight`), and are
 * shown it together; it is forgotten with what was read.
 */
export class ShownJobs {
  readonly #shown = new WeakMap<Job, Shown>();

  xml(job: Job, links: JobLinks): string {
    const known = this.#shown.get(job);
    const { url } = links;
    const quote = links.quote?.getTime();
    if (known !== undefined && known.url === url && known.quote === quote) return known.xml;
    const xml = jobXml(job, links);
    this.#shown.set(job, { url, quote, xml });
    return xml;
  }
}
