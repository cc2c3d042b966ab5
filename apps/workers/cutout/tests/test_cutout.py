"""The cut-out without a server."""

import io
import struct
import zlib
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from astropy.coordinates import SkyCoord
from astropy.io import fits
from astropy.wcs import WCS
from uws_worker.testing import HandlerRun, run_handler

from picture import stretched, write_png
from star_field import CENTRE, SCALE, SIDE, as_hdu, star_field
from worker import cutout


def run(files: dict[str, bytes] | None = None, **parameters: str | float) -> HandlerRun:
    return run_handler(cutout, parameters=parameters, files=files or {})


def piece(ran: HandlerRun) -> fits.PrimaryHDU:
    assert ran.outcome == "completed", ran.failure
    with fits.open(io.BytesIO(ran.results["fits"].data), checksum=True) as hdus:
        return hdus[0].copy()


def as_file(*hdus: Any) -> bytes:
    buffer = io.BytesIO()
    fits.HDUList(list(hdus)).writeto(buffer)
    return buffer.getvalue()


def same_sky(of: fits.PrimaryHDU, original: Any) -> None:
    """Every pixel of the piece has the value of the original's pixel at the same place of the sky."""
    rows, columns = np.indices(of.data.shape)
    sky = WCS(of.header).pixel_to_world(columns, rows)
    x, y = WCS(original.header).world_to_pixel(sky)
    assert np.abs(x - np.round(x)).max() < 1e-6 and np.abs(y - np.round(y)).max() < 1e-6
    expected = original.data[np.round(y).astype(int), np.round(x).astype(int)]
    assert np.array_equal(of.data, expected)


def test_the_star_field_is_the_same_each_time() -> None:
    one, other = star_field(), star_field()
    assert np.array_equal(one.pixels, other.pixels)
    assert one.pixels.shape == (SIDE, SIDE)
    centre = one.wcs.pixel_to_world((SIDE - 1) / 2, (SIDE - 1) / 2)
    assert centre.separation(SkyCoord(*CENTRE, unit="deg")).deg < 1e-9


def test_the_region_of_the_star_field_has_its_pixels_where_they_were_on_the_sky() -> None:
    ran = run(RA=CENTRE[0] + 0.05, DEC=CENTRE[1] - 0.03, SIZE=0.1)
    image = piece(ran)
    assert image.data.shape == (180, 180)
    same_sky(image, as_hdu())
    middle = WCS(image.header).pixel_to_world(89.5, 89.5)
    # The centre is the nearest that whole pixels allow.
    assert middle.separation(SkyCoord(CENTRE[0] + 0.05, CENTRE[1] - 0.03, unit="deg")).deg < SCALE
    assert image.header["BUNIT"] == "electron"
    fractions = [report.fraction for report in ran.progress]
    assert fractions == sorted(fractions) and fractions[-1] == 0.9


def test_an_uploaded_image_gives_the_same_as_the_one_that_is_made() -> None:
    uploaded = piece(run({"IMAGE": as_file(as_hdu())}, CIRCLE=f"{CENTRE[0]} {CENTRE[1]} 0.05"))
    made = piece(run(RA=CENTRE[0], DEC=CENTRE[1], SIZE=0.1))
    assert np.array_equal(uploaded.data, made.data)


def test_the_first_image_with_coordinates_counts_unless_an_extension_is_named() -> None:
    field = as_hdu()
    cube = fits.ImageHDU(field.data[np.newaxis], field.header)
    other = fits.ImageHDU(field.data[:600] + 1, field.header)
    file = as_file(fits.PrimaryHDU(np.zeros((9, 9))), cube, other)
    where: dict[str, Any] = {"RA": CENTRE[0], "DEC": CENTRE[1], "SIZE": 0.02}
    same_sky(piece(run({"IMAGE": file}, **where)), field)
    assert np.array_equal(piece(run({"IMAGE": file}, EXTENSION=2, **where)).data, piece(run(**where)).data + 1)


def test_integers_with_a_scale_are_cut_as_the_numbers_they_mean() -> None:
    header = as_hdu().header
    hdu = fits.PrimaryHDU(np.arange(100 * 100, dtype=np.int16).reshape(100, 100), header)
    hdu.scale("int16", bzero=32768)
    with fits.open(io.BytesIO(as_file(hdu))) as original:
        wanted = WCS(original[0].header).pixel_to_world(50, 50)
        image = piece(run({"IMAGE": as_file(hdu)}, RA=wanted.ra.deg, DEC=wanted.dec.deg, SIZE=0.01))
        same_sky(image, original[0])


def test_what_lies_beyond_the_edge_is_left_out() -> None:
    corner = star_field().wcs.pixel_to_world(5, 1020)
    image = piece(run(RA=corner.ra.deg, DEC=corner.dec.deg, SIZE=0.02))
    assert image.data.shape == (22, 23)
    same_sky(image, as_hdu())


WITHOUT_WCS = fits.PrimaryHDU(np.zeros((20, 20)))
TABLE = fits.BinTableHDU.from_columns([fits.Column("A", "D", array=[1.0])])
IN: dict[str, Any] = {"RA": CENTRE[0], "DEC": CENTRE[1]}


@pytest.mark.parametrize(
    ("files", "parameters", "message"),
    [
        ({}, {"RA": 10, "DEC": 20}, "outside of the image: that is 0.5689 deg by 0.5689 deg around RA 83.8221, DEC -5.3911"),
        ({}, {"RA": CENTRE[0] + 180, "DEC": -CENTRE[1]}, "outside of the image"),
        ({}, {"RA": CENTRE[0] + 0.6, "DEC": CENTRE[1]}, "outside of the image"),
        ({}, {**IN, "SIZE": 19}, "34200 x 34200 pixels are wanted"),
        ({}, {}, "say where"),
        ({}, {"RA": 1}, "say where"),
        ({}, {**IN, "CIRCLE": "1 2 3"}, "either CIRCLE, or RA, DEC and SIZE"),
        ({}, {"CIRCLE": "1 2"}, "three numbers"),
        ({}, {"CIRCLE": "1 2 -3"}, "the radius of CIRCLE must be above 0"),
        ({}, {"CIRCLE": "nan 2 3"}, "right ascension must be 0 to 360"),
        ({}, {"RA": 1, "DEC": 91}, "declination must be -90 to 90"),
        ({"IMAGE": b"GIF89a" * 1000}, IN, "not a FITS file"),
        ({"IMAGE": b""}, IN, "not a FITS file"),
        ({"IMAGE": as_file(as_hdu())[: 2880 * 3]}, IN, "not a FITS file"),
        ({"IMAGE": as_file(fits.PrimaryHDU(), TABLE)}, IN, "two dimensions in the file (0: image without data, 1: table)"),
        ({"IMAGE": as_file(WITHOUT_WCS)}, IN, "no celestial WCS"),
        ({"IMAGE": as_file(WITHOUT_WCS)}, {**IN, "EXTENSION": 3}, "no extension 3: the file has 1 HDU"),
    ],
)  # fmt: skip
def test_what_cannot_be_cut_is_a_fatal_error_that_says_why(
    files: dict[str, bytes], parameters: dict[str, Any], message: str
) -> None:
    ran = run(files, **parameters)
    assert ran.outcome == "failed" and ran.failure is not None
    assert message in ran.failure.message
    assert ran.failure.kind == "fatal" and not ran.results


def test_no_file_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    run(**IN)
    run({"IMAGE": as_file(WITHOUT_WCS)}, **IN)
    assert list(tmp_path.iterdir()) == []


def test_the_picture_is_a_png_with_the_last_row_first() -> None:
    pixels = np.arange(12.0).reshape(3, 4)
    pixels[2, 3] = np.nan
    grey = stretched(pixels)
    assert grey[0, 3] == 0 and grey[2, 0] == 0 and grey[0, 2] == 255
    assert grey.shape == (3, 4) and np.all(np.diff(grey[::-1].ravel()[:-1].astype(int)) >= 0)
    buffer = io.BytesIO()
    write_png(grey, buffer)
    assert np.array_equal(decoded(buffer.getvalue()), grey)


def test_the_picture_of_the_documentation_is_what_the_example_gives() -> None:
    picture = Path(__file__).parents[4] / "docs/images/cutout.png"
    ran = run(CIRCLE=f"{CENTRE[0]} {CENTRE[1]} 0.095")
    assert np.array_equal(decoded(picture.read_bytes()), decoded(ran.results["png"].data))


def test_pixels_that_are_all_alike_or_no_numbers_are_black() -> None:
    assert not stretched(np.full((2, 2), 7)).any()
    assert not stretched(np.full((2, 2), np.nan)).any()


def decoded(png: bytes) -> np.ndarray[Any, Any]:
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        kind, data = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert zlib.crc32(kind + data) == struct.unpack(">I", png[at + 8 + length : at + 12 + length])[0]
        chunks[kind], at = data, at + 12 + length
    width, height = struct.unpack(">II", chunks[b"IHDR"][:8])
    rows = np.frombuffer(zlib.decompress(chunks[b"IDAT"]), np.uint8).reshape(height, width + 1)
    assert set(rows[:, 0]) == {2}
    return np.cumsum(rows[:, 1:], axis=0, dtype=np.uint8)
