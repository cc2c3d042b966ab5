/** What DALI knows as an array of numbers with a meaning (DALI 1.1, section 3.3; 1.2, section 3). */
export interface NumericXtype {
  /** The numbers in their order, as a person writes them. */
  readonly form: string;
  /** As VOTable has it. */
  readonly arraysize: string;
  /** How many numbers there are: `least`, or any multiple of `step` above that. */
  readonly least: number;
  readonly step: number | undefined;
  /** Whether an end may be open, `-Inf` or `+Inf`. */
  readonly infinite: boolean;
  /** What each of the first numbers is, and between what it lies; both included. */
  readonly bounds: readonly CoordinateBounds[];
  /** @returns what is wrong with numbers whose count is right */
  check(values: readonly number[]): string | undefined;
}

export interface CoordinateBounds {
  readonly title: string;
  readonly minimum: number;
  readonly maximum: number;
}

// DALI 1.1, section 3.3.6: what 1.2 allows beyond that is the same place on the sky.
const longitude = { title: "longitude", minimum: 0, maximum: 360 } as const;
const latitude = { title: "latitude", minimum: -90, maximum: 90 } as const;
const radius = { title: "radius", minimum: 0, maximum: 180 } as const;

export const numericXtypes: ReadonlyMap<string, NumericXtype> = new Map<string, NumericXtype>([
  [
    "interval",
    {
      form: "low high",
      ...{ arraysize: "2", least: 2, step: undefined, infinite: true, bounds: [] },
      check: (values) => pairRule(values),
    },
  ],
  [
    "multiinterval",
    {
      form: "low high low high …",
      ...{ arraysize: "*", least: 2, step: 2, infinite: true, bounds: [] },
      check: (values) => pairRule(values),
    },
  ],
  [
    "point",
    {
      form: "longitude latitude",
      ...{ arraysize: "2", least: 2, step: undefined, infinite: false, bounds: [longitude, latitude] },
      check: (values) => boundsRule(values, [longitude, latitude]),
    },
  ],
  [
    "circle",
    {
      form: "longitude latitude radius",
      ...{ arraysize: "3", least: 3, step: undefined, infinite: false, bounds: [longitude, latitude, radius] },
      check: (values) => boundsRule(values, [longitude, latitude, radius]),
    },
  ],
  [
    // It may reach over the meridian: 359 1 is two degrees wide.
    "range",
    {
      form: "longitude longitude latitude latitude",
      ...{ arraysize: "4", least: 4, step: undefined, infinite: false },
      bounds: [longitude, longitude, latitude, latitude],
      check: (values) =>
        boundsRule(values, [longitude, longitude, latitude, latitude]) ?? pairRule(values.slice(2), "latitude "),
    },
  ],
  [
    "polygon",
    {
      form: "longitude latitude of three vertices or more",
      ...{ arraysize: "*", least: 6, step: 2, infinite: false, bounds: [] },
      check: (values) => boundsRule(values, [longitude, latitude]),
    },
  ],
]);

function pairRule(values: readonly number[], of = ""): string | undefined {
  for (let index = 0; index + 1 < values.length; index += 2) {
    const [low = 0, high = 0] = values.slice(index, index + 2);
    // Nothing lies between +Inf and +Inf.
    if (low > high || low === Number.POSITIVE_INFINITY || high === Number.NEGATIVE_INFINITY) {
      return `${of}${shown(low)} to ${shown(high)} is no interval: low comes first`;
    }
  }
  return undefined;
}

/** @param bounds over and over again */
function boundsRule(values: readonly number[], bounds: readonly CoordinateBounds[]): string | undefined {
  for (const [index, value] of values.entries()) {
    const { title, minimum, maximum } = bounds[index % bounds.length] ?? longitude;
    if (value < minimum || value > maximum) return `${title} ${value} is not between ${minimum} and ${maximum}`;
  }
  return undefined;
}

function shown(value: number): string {
  return Number.isFinite(value) ? String(value) : value > 0 ? "+Inf" : "-Inf";
}
