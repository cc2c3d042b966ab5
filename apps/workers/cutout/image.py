"""Reads the image of a FITS file."""

import os
import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
from astropy.io import fits
from astropy.utils.exceptions import AstropyWarning
from astropy.wcs import WCS
from astropy.wcs.utils import proj_plane_pixel_scales
from uws_worker import JobFailure

MAX_PIXELS = 400_000_000
"""Of an image that is read: 1.6 GB of 32-bit numbers."""


@dataclass(frozen=True)
class Image:
    """Pixels, rows first, and where on the sky they lie."""

    pixels: np.ndarray[Any, np.dtype[Any]]
    wcs: WCS
    header: fits.Header

    @property
    def scale(self) -> float:
        """Degrees per pixel, the smaller of both sides."""
        return float(min(proj_plane_pixel_scales(self.wcs)))


def read_image(path: str | os.PathLike[str], extension: int | None = None) -> Image:
    """The first image of the file with two dimensions and celestial coordinates, or that of an extension (0 = the primary).

    Axes of length 1 beyond the second are dropped. Raises JobFailure that says what is wrong with the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", AstropyWarning)
            # Not mapped: pixels with BZERO or BSCALE cannot be. The data of an HDU are read when they are asked for.
            with fits.open(path, memmap=False) as hdus:
                return _image(hdus, extension)
    except (OSError, ValueError, TypeError, KeyError, IndexError, fits.VerifyError) as error:
        raise JobFailure(f"this is not a FITS file that can be read: {str(error).splitlines()[0][:200]}") from error


def _image(hdus: fits.HDUList, extension: int | None) -> Image:
    if extension is not None and not 0 <= extension < len(hdus):
        raise JobFailure(f"there is no extension {extension}: the file has {len(hdus)} HDUs, the primary is 0")
    chosen = range(len(hdus)) if extension is None else [extension]
    images = [hdus[number] for number in chosen if hdus[number].is_image and _is_flat(hdus[number].shape)]
    if not images:
        kinds = ", ".join(f"{number}: {_kind(hdus[number])}" for number in list(chosen)[:20])
        raise JobFailure(f"there is no image with two dimensions in the file ({kinds})")
    for hdu in images:
        wcs = _wcs(hdu.header)
        if wcs is not None:
            return _read(hdu, wcs)
    raise JobFailure("the image does not say where on the sky it is: its header has no celestial WCS (CTYPE1, CTYPE2)")


def _is_flat(shape: tuple[int, ...]) -> bool:
    return len(shape) >= 2 and all(length == 1 for length in shape[:-2]) and min(shape[-2:]) > 0


def _kind(hdu: Any) -> str:
    return f"image {' x '.join(map(str, hdu.shape[::-1])) or 'without data'}" if hdu.is_image else "table"


def _wcs(header: fits.Header) -> WCS | None:
    try:
        wcs = WCS(header)
    except Exception as error:
        raise JobFailure(f"the WCS in the header cannot be understood: {str(error).strip().splitlines()[-1][:200]}") from error
    return wcs.celestial if wcs.has_celestial else None


def _read(hdu: Any, wcs: WCS) -> Image:
    height, width = hdu.shape[-2:]
    if height * width > MAX_PIXELS:
        raise JobFailure(f"the image has {width} x {height} pixels, more than {MAX_PIXELS}")
    return Image(hdu.data.reshape(height, width), wcs, hdu.header.copy())
