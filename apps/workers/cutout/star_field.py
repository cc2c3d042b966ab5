"""A star field that exists nowhere, the same each time: for who has no image at hand."""

from typing import Any

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

from image import Image

CENTRE = (83.8221, -5.3911)
"""Degrees, ICRS: where the Orion Nebula is."""
SIDE = 1024
SCALE = 2.0 / 3600
"""Degrees per pixel."""
ROTATION = 15.0
"""Degrees from the image's up to north, so that a WCS which is wrong shows."""

_STARS = 2500
_SEED = 1610
_SKY = 120.0
"""Electrons per pixel."""
_FWHM = 3.2
"""Pixels."""


def star_field() -> Image:
    """Stars whose numbers grow as 10^(0.35 m), a nebula, sky and noise, in electrons, with a TAN WCS."""
    random = np.random.default_rng(_SEED)
    pixels = np.full((SIDE, SIDE), _SKY)
    pixels += _nebula()
    magnitudes = 9 + np.log10(1 + random.random(_STARS) * (10 ** (0.35 * 9) - 1)) / 0.35
    places = random.random((_STARS, 2)) * (SIDE + 20) - 10
    for (x, y), magnitude in zip(places, magnitudes, strict=True):
        _add_star(pixels, x, y, 2e6 * 10 ** (-0.4 * (magnitude - 9)))
    noisy = pixels + np.sqrt(pixels) * random.standard_normal(pixels.shape)
    wcs = _wcs()
    header = wcs.to_header()
    header["OBJECT"] = ("synthetic", "stars that exist nowhere")
    header["BUNIT"] = ("electron", "unit of the pixels")
    return Image(noisy.astype(np.float32), wcs, header)


def as_hdu() -> fits.PrimaryHDU:
    """The same as a FITS image."""
    image = star_field()
    return fits.PrimaryHDU(image.pixels, image.header)


def _wcs() -> WCS:
    wcs = WCS(naxis=2)
    wcs.wcs.ctype = ["RA---TAN", "DEC--TAN"]
    wcs.wcs.cunit = ["deg", "deg"]
    wcs.wcs.crval = CENTRE
    wcs.wcs.crpix = [(SIDE + 1) / 2, (SIDE + 1) / 2]
    cosine, sine = np.cos(np.radians(ROTATION)), np.sin(np.radians(ROTATION))
    # East is left of north.
    wcs.wcs.pc = [[cosine, sine], [-sine, cosine]]
    wcs.wcs.cdelt = [-SCALE, SCALE]
    wcs.wcs.radesys = "ICRS"
    wcs.wcs.set()
    return wcs


def _nebula() -> np.ndarray[Any, np.dtype[np.float64]]:
    y, x = np.mgrid[0:SIDE, 0:SIDE] - (SIDE - 1) / 2
    glow = 300 * np.exp(-((x / 110) ** 2 + ((y - 0.3 * x) / 70) ** 2) / 2)
    dark = 1 - 0.7 * np.exp(-(((x + 40) / 25) ** 2 + ((y + 0.5 * x) / 110) ** 2) / 2)
    return np.asarray(glow * dark)


def _add_star(pixels: np.ndarray[Any, np.dtype[Any]], x: float, y: float, flux: float) -> None:
    """A Gaussian of `_FWHM`, with what falls on the image of the 41 x 41 pixels around it."""
    sigma = _FWHM / 2.3548
    left, bottom = round(x) - 20, round(y) - 20
    columns = np.arange(max(0, left), min(SIDE, left + 41))
    rows = np.arange(max(0, bottom), min(SIDE, bottom + 41))
    if len(columns) == 0 or len(rows) == 0:
        return
    light = np.outer(np.exp(-(((rows - y) / sigma) ** 2) / 2), np.exp(-(((columns - x) / sigma) ** 2) / 2))
    pixels[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1] += flux / (2 * np.pi * sigma**2) * light
