"""Looks at what the server gave with astropy: the cut-out's pixels are those of the image at the same places of the sky."""

import sys

import numpy as np
from astropy.io import fits
from astropy.wcs import WCS

original, piece = (fits.open(name, checksum=True)[0] for name in sys.argv[1:])
rows, columns = np.indices(piece.data.shape)
x, y = WCS(original.header).world_to_pixel(WCS(piece.header).pixel_to_world(columns, rows))
assert np.abs(x - np.round(x)).max() < 1e-6 and np.abs(y - np.round(y)).max() < 1e-6
assert np.array_equal(piece.data, original.data[np.round(y).astype(int), np.round(x).astype(int)])
middle = WCS(piece.header).pixel_to_world((piece.shape[1] - 1) / 2, (piece.shape[0] - 1) / 2)
print(*piece.shape, f"{middle.ra.deg:.3f}", f"{middle.dec.deg:.3f}")
