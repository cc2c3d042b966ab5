"""The region that a job asks for."""

import math
from dataclasses import dataclass

from uws_worker import JobFailure, Parameters, UploadedFile


@dataclass(frozen=True)
class Region:
    """A square on the sky. All in degrees, ICRS: the position of its centre, and the length of its sides."""

    ra: float
    dec: float
    size: float


def region_of(parameters: Parameters[UploadedFile]) -> Region:
    """From RA, DEC and SIZE, or CIRCLE, around which the square is drawn. Raises JobFailure that says what is wrong."""
    circle = parameters.get("CIRCLE")
    if circle is None:
        given = [name for name in ("RA", "DEC") if name in parameters]
        if len(given) < 2:
            raise JobFailure("say where: RA and DEC (and SIZE), or CIRCLE, in degrees")
        return _checked(parameters.as_float("RA"), parameters.as_float("DEC"), parameters.as_float("SIZE", 0.05), "SIZE")
    if any(name in parameters for name in ("RA", "DEC", "SIZE")):
        raise JobFailure("either CIRCLE, or RA, DEC and SIZE, not both")
    # DALI 1.1, section 3.3.6: three numbers, separated by blanks: longitude, latitude, radius.
    try:
        ra, dec, radius = (float(word) for word in circle.split())
    except ValueError:
        raise JobFailure(f"CIRCLE must be three numbers, RA, DEC and radius in degrees, not {circle[:100]!r}") from None
    return _checked(ra, dec, 2 * radius, "the radius of CIRCLE")


def _checked(ra: float, dec: float, size: float, name: str) -> Region:
    if not (math.isfinite(ra) and 0 <= ra <= 360):
        raise JobFailure(f"the right ascension must be 0 to 360 degrees, not {ra:g}")
    if not (math.isfinite(dec) and -90 <= dec <= 90):
        raise JobFailure(f"the declination must be -90 to 90 degrees, not {dec:g}")
    if not (math.isfinite(size) and 0 < size <= 20):
        raise JobFailure(f"{name} must be above 0, and the region not wider than 20 degrees")
    return Region(ra, dec, size)
