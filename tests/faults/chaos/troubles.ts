/** What a fault takes away from somebody who needs it. */
export type Organ = "PostgreSQL" | "link to PostgreSQL" | "near keeper" | "far keeper";

interface Trouble {
  readonly organ: Organ;
  readonly from: number;
  /** Milliseconds since 1970, as all times here; infinite while it lasts. */
  to: number;
}

/** Steps in which time is looked at. */
const step = 10;

/** When what was out of order, so that nobody is blamed for what could not be done meanwhile. */
export class Troubles {
  readonly #troubles: Trouble[] = [];

  /** Remembers that something is out of order while something is done. */
  async during<Result>(organ: Organ, work: () => Promise<Result>): Promise<Result> {
    const trouble = { organ, from: Date.now(), to: Number.POSITIVE_INFINITY };
    this.#troubles.push(trouble);
    try {
      return await work();
    } finally {
      trouble.to = Date.now();
    }
  }

  /**
   * Milliseconds between two times during which a keeper was there that could do its work: the near one with PostgreSQL, or
   * the far one with PostgreSQL and the link to it. After a trouble, both have some time to settle.
   */
  able(from: number, to: number, settle: number): number {
    const near = this.#of(["PostgreSQL", "near keeper"], from, to, settle);
    const far = this.#of(["PostgreSQL", "link to PostgreSQL", "far keeper"], from, to, settle);
    let able = 0;
    for (let time = from; time < to; time += step) {
      const unable = (troubles: readonly Trouble[]) =>
        troubles.some((trouble) => trouble.from <= time && time < trouble.to + settle);
      if (!unable(near) || !unable(far)) able += Math.min(step, to - time);
    }
    return able;
  }

  #of(organs: readonly Organ[], from: number, to: number, settle: number): Trouble[] {
    return this.#troubles.filter(
      (trouble) => organs.includes(trouble.organ) && trouble.from < to && trouble.to + settle > from,
    );
  }
}
