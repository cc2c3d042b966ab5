"""An example worker: cuts a region out of a FITS image. Each job has a process of its own."""

import os
import tempfile
from pathlib import Path

from uws_worker import Job, job, run_worker

from cut import cut
from image import Image, read_image
from picture import stretched, write_png
from region import region_of
from star_field import star_field


@job("cutout")
def cutout(job: Job) -> None:
    """Leaves the region as FITS and as PNG. Without IMAGE it is cut out of a star field that the example makes."""
    region = region_of(job.parameters)
    with tempfile.TemporaryDirectory(prefix="uws-cutout-") as folder:
        image = _image(job, Path(folder) / "image.fits")
        job.progress(0.6, f"cutting {region.size:g} degrees out of {image.pixels.shape[1]} x {image.pixels.shape[0]} pixels")
        piece = cut(image, region)
        height, width = piece.data.shape
        job.log.info(f"{width} x {height} pixels of {image.scale * 3600:.4g} arcsec")
        fits_file, png_file = Path(folder) / "cutout.fits", Path(folder) / "cutout.png"
        piece.writeto(fits_file, checksum=True)
        job.result("fits", fits_file, media_type="application/fits")
        job.progress(0.9, f"drawing {width} x {height} pixels")
        with open(png_file, "wb") as file:
            write_png(stretched(piece.data), file)
        job.result("png", png_file, media_type="image/png")


def _image(job: Job, path: Path) -> Image:
    if "IMAGE" not in job.parameters:
        job.progress(0.1, "making a star field")
        return star_field()
    upload = job.parameters.file("IMAGE")
    done = 0
    with open(path, "wb") as file:
        for chunk in upload.chunks():
            file.write(chunk)
            done += len(chunk)
            job.progress(0.5 * done / max(1, upload.size), f"{done} of {upload.size} bytes of the image")
    extension = job.parameters.as_int("EXTENSION") if "EXTENSION" in job.parameters else None
    return read_image(path, extension)


def _slots() -> int:
    text = os.environ.get("UWS_SLOTS", "1")
    if not text.isdecimal() or int(text) < 1:
        raise SystemExit(f"UWS_SLOTS must be a whole number above 0, not {text!r}")
    return int(text)


if __name__ == "__main__":
    run_worker(name="cutout", slots=_slots())
