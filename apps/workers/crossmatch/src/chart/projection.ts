const RADIANS = Math.PI / 180;

export type Point = readonly [x: number, y: number];

/** A map of the sky onto a plane: x grows to the right, that is to the west, and y upward; one unit is one radian at the centre. */
export interface Projection {
  /** Undefined where the map does not reach. Degrees. */
  project(ra: number, dec: number): Point | undefined;
  /** Undefined outside the map. Degrees, RA in [0, 360). */
  unproject(x: number, y: number): Point | undefined;
}

/** The whole sky in an ellipse of equal areas, half-axes 2√2 and √2, with RA 12h in the middle: 24h on the left edge, 0h on the right (Hammer 1892). */
export function hammer(): Projection {
  return {
    project(ra, dec) {
      const half = ((ra - 180) * RADIANS) / 2;
      const cosDec = Math.cos(dec * RADIANS);
      const scale = Math.SQRT2 / Math.sqrt(1 + cosDec * Math.cos(half));
      return [-2 * scale * cosDec * Math.sin(half), scale * Math.sin(dec * RADIANS)];
    },
    unproject(x, y) {
      // The rim itself is part of the map, and rounding may put it a little outside.
      if ((x * x) / 8 + (y * y) / 2 > 1 + 1e-9) return undefined;
      const z = Math.sqrt(1 - (x * x) / 16 - (y * y) / 4);
      const lambda = 2 * Math.atan2(z * -x, 2 * (2 * z * z - 1));
      return [normalise(180 + lambda / RADIANS), Math.asin(z * y) / RADIANS];
    },
  };
}

/**
 * A field around a centre. Stereographic: circles on the sky are circles on the map, small fields are plane as under the gnomonic
 * projection, and it still looks right at 60° from the centre.
 */
export function stereographic(centreRa: number, centreDec: number): Projection {
  const [sin0, cos0] = [Math.sin(centreDec * RADIANS), Math.cos(centreDec * RADIANS)];
  return {
    project(ra, dec) {
      const difference = (ra - centreRa) * RADIANS;
      const [sin, cos] = [Math.sin(dec * RADIANS), Math.cos(dec * RADIANS)];
      const toCentre = sin0 * sin + cos0 * cos * Math.cos(difference);
      if (toCentre < -0.5) return undefined;
      const scale = 2 / (1 + toCentre);
      return [-scale * cos * Math.sin(difference), scale * (cos0 * sin - sin0 * cos * Math.cos(difference))];
    },
    unproject(x, y) {
      const rho = Math.hypot(x, y);
      if (rho === 0) return [normalise(centreRa), centreDec];
      const angle = 2 * Math.atan(rho / 2);
      const [sin, cos] = [Math.sin(angle), Math.cos(angle)];
      const dec = Math.asin(Math.max(-1, Math.min(1, cos * sin0 + (y * sin * cos0) / rho)));
      const difference = Math.atan2(-x * sin, rho * cos0 * cos - y * sin0 * sin);
      return [normalise(centreRa + difference / RADIANS), dec / RADIANS];
    },
  };
}

/** Right ascension in [0, 360). */
function normalise(ra: number): number {
  return (((ra % 360) + 360) % 360) % 360;
}
