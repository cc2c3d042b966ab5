export function count(value: number): string {
  return value.toLocaleString("en-GB");
}

export function plural(value: number, one: string, many = `${one}s`): string {
  return value === 1 ? one : many;
}

/** Degrees as the unit in which they are a handy number: 2°, 6′, 1.5″. */
export function formatAngle(degrees: number): string {
  const [value, unit] = degrees >= 1 ? [degrees, "°"] : degrees >= 1 / 60 ? [degrees * 60, "′"] : [degrees * 3600, "″"];
  return `${Number(value.toPrecision(3))}${unit}`;
}
