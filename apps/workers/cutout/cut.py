"""Cuts a region out of an image."""

from typing import Any

import astropy.units as u
import numpy as np
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.nddata import Cutout2D, NoOverlapError
from astropy.wcs.utils import proj_plane_pixel_scales
from uws_worker import JobFailure

from image import Image
from region import Region

MAX_SIDE = 8192
"""Pixels of a side: 256 MiB of 32-bit numbers."""


def cut(image: Image, region: Region) -> fits.PrimaryHDU:
    """The pixels of the region, as far as the image has them, with a WCS of their own.

    The region has the directions of the image's pixels. Raises JobFailure where it lies outside, or is too large.
    """
    centre = SkyCoord(region.ra, region.dec, unit="deg", frame="icrs")
    sides = [max(1, round(region.size / scale)) for scale in proj_plane_pixel_scales(image.wcs)[::-1]]
    if max(sides) > MAX_SIDE:
        raise JobFailure(f"{sides[1]} x {sides[0]} pixels are wanted, and {MAX_SIDE} of a side may be: choose a smaller region")
    try:
        piece = Cutout2D(image.pixels, centre, sides, wcs=image.wcs, mode="trim", copy=True)
    except (NoOverlapError, ValueError) as error:
        raise JobFailure(f"the region lies outside of the image: {_where(image)}") from error
    header = piece.wcs.to_header(relax=True)
    for name in ("OBJECT", "TELESCOP", "INSTRUME", "FILTER", "DATE-OBS", "EXPTIME", "BUNIT"):
        if name in image.header:
            header[name] = (image.header[name], image.header.comments[name])
    (bottom, top), (left, right) = piece.bbox_original
    header.add_history(f"Cut out of an image of {image.pixels.shape[1]} x {image.pixels.shape[0]} pixels:")
    # As FITS counts them, from 1.
    header.add_history(f"columns {left + 1} to {right + 1}, rows {bottom + 1} to {top + 1}.")
    return fits.PrimaryHDU(_native(piece.data), header)


def _native(pixels: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[Any]]:
    return pixels.astype(pixels.dtype.newbyteorder("="))


def _where(image: Image) -> str:
    """The sky under the corners and the middle is not told: one place and a width are what people compare with."""
    height, width = image.pixels.shape
    centre = image.wcs.pixel_to_world((width - 1) / 2, (height - 1) / 2).icrs
    sides = [length * scale * u.deg for length, scale in zip((width, height), proj_plane_pixel_scales(image.wcs), strict=True)]
    return f"that is {sides[0]:.4g} by {sides[1]:.4g} around RA {centre.ra.deg:.6g}, DEC {centre.dec.deg:.6g}"
