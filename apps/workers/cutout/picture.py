"""Draws pixels as a grey picture."""

import struct
import zlib
from typing import Any, BinaryIO

import numpy as np

_SOFTENING = 0.1
"""Where asinh turns from a line to a logarithm, as a part of the range (Lupton et al. 2004, PASP 116, 133)."""


def stretched(pixels: np.ndarray[Any, np.dtype[Any]]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Grey from 0 to 255: asinh between the 1 % darkest and the 0.3 % brightest pixels. What is no number is black.

    The first row is the lowest of a FITS image, and the last of a picture.
    """
    finite = np.isfinite(pixels)
    if not finite.any():
        return np.zeros(pixels.shape, np.uint8)
    low, high = np.percentile(pixels[finite], [1, 99.7])
    part = np.clip((np.where(finite, pixels, low).astype(np.float64) - low) / ((high - low) or 1), 0, 1)
    grey = np.arcsinh(part / _SOFTENING) / np.arcsinh(1 / _SOFTENING)
    return np.where(finite, np.round(grey * 255), 0).astype(np.uint8)[::-1]


def write_png(grey: np.ndarray[Any, np.dtype[np.uint8]], into: BinaryIO) -> None:
    """Writes an 8-bit grey PNG (W3C recommendation, third edition): each row as its difference from the one above."""
    height, width = grey.shape
    rows = np.empty((height, width + 1), np.uint8)
    rows[:, 0] = 2
    rows[0, 1:] = grey[0]
    rows[1:, 1:] = grey[1:] - grey[:-1]
    into.write(b"\x89PNG\r\n\x1a\n")
    for kind, data in (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)),
        (b"IDAT", zlib.compress(rows.tobytes(), 9)),
        (b"IEND", b""),
    ):
        into.write(struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)))
