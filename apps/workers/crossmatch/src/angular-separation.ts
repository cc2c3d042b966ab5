const RADIANS = Math.PI / 180;

/**
 * The angle between two directions on the sky; all arguments and the result in degrees.
 *
 * Vincenty's formula on the sphere (Survey Review 23, 1975, p. 88). The law of cosines loses every digit below about an
 * arcsecond and the haversine loses them near 180°; this one is good to rounding everywhere, poles and antipodes too.
 */
export function angularSeparation(ra1: number, dec1: number, ra2: number, dec2: number): number {
  const difference = (ra2 - ra1) * RADIANS;
  const sin1 = Math.sin(dec1 * RADIANS);
  const cos1 = Math.cos(dec1 * RADIANS);
  const sin2 = Math.sin(dec2 * RADIANS);
  const cos2 = Math.cos(dec2 * RADIANS);
  const across = cos2 * Math.sin(difference);
  // cos1·sin2 − sin1·cos2·cos(difference), rearranged so that two close positions do not cancel: the plain form leaves
  // an error of 1e-16 rad whatever the separation, which is all of a nano-arcsecond.
  const half = Math.sin(difference / 2);
  const along = Math.sin((dec2 - dec1) * RADIANS) + 2 * sin1 * cos2 * half * half;
  const together = sin1 * sin2 + cos1 * cos2 * Math.cos(difference);
  return Math.atan2(Math.hypot(across, along), together) / RADIANS;
}
