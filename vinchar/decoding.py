"""Picture files and Pillow images to arrays of pixels.

Pillow decodes. What it does not do is done here: reasons that a person understands, limits checked before anything is
decoded, 16 bit by the bits in use, and silence. Where OpenCV is as silent and faster, or keeps more bits, it decodes.
"""

from __future__ import annotations

import io
import logging
import os
import re
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO, TYPE_CHECKING, cast

import cv2
import numpy as np

from vinchar.pixels import MAX_PIXELS, Image, ImageError, check_size, checked, eight_bit, opaque, upright

if TYPE_CHECKING:  # importing it takes time, which reading arrays does without
    import PIL.Image
    import PIL.ImageFile

MAX_BYTES = 256 * 1024 * 1024
_BAND = 128  # rows converted at once

_STARTS = {  # of a file, by the name that Pillow gives the format's module and class
    "Jpeg": rb"\xff\xd8\xff",
    "Png": rb"\x89PNG\r\n\x1a\n",
    "Gif": rb"GIF8[79]a",
    "WebP": rb"RIFF....WEBP",
    "Tiff": rb"II[*+]\0|MM\0[*+]",
    "Bmp": rb"BM....\0\0\0\0",  # text may begin with BM too
    "Heif": rb"....ftyp(heic|heix|hevc|mif1|msf1|avif|avis)",
}
_END_OF_JPEG = b"\xff\xd9"  # a scan has no such bytes, but a thumbnail before it does
_SILENCE = threading.Lock()

_TRUNCATED = "the picture is truncated: its end is missing"
_BROKEN = "the picture is broken, or of a rare kind, and cannot be decoded"

# Complaints about a broken picture come as an ImageError.
if "OPENCV_LOG_LEVEL" not in os.environ:
    cv2.utils.logging.setLogLevel(cv2.utils.logging.LOG_LEVEL_SILENT)
logging.getLogger("PIL").addHandler(logging.NullHandler())


def check_bytes(count: int) -> None:
    """Raise ``ImageError`` for the size of a file that is not read."""
    if count == 0:
        raise ImageError("the file is empty", "empty")
    if count > MAX_BYTES:
        said = f"{count / 2**20:.0f} MB, at most {MAX_BYTES / 2**20:.0f} MB are read"
        raise ImageError(f"the file is too large: {said}", "too-large")


def decode(data: bytes, color: bool, most_pixels: int = MAX_PIXELS) -> Image:
    """Return the picture in the bytes of a file: uint8 (H, W), or (H, W, 3) BGR with ``color``.

    Raises ``ImageError`` if it cannot be used, before anything is decoded if it has more than ``most_pixels``.
    """
    check_bytes(len(data))
    picture = _open(data)
    check_size(*picture.size, most_pixels)
    deep = picture.mode in ("RGB", "RGBA") and any(";16" in str(tile.args) for tile in picture.tile)
    if picture.format in ("TIFF", "WEBP", "BMP") or (picture.format == "PNG" and deep):
        return _decode_with_opencv(data, picture, color)
    if not color:
        picture.draft("L", None)  # a JPEG need not be decoded to colours at all
    if picture.format == "JPEG" and picture.mode == "L":
        pixels = _decode_grey(picture)
        return upright(opaque(pixels, color, "RGB"), _orientation(picture))
    return show(picture, color)


@contextmanager
def _silence() -> Iterator[None]:
    """Let nobody hear Pillow's warnings; the filters belong to the whole process, so one thread at a time."""
    with _SILENCE, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


@contextmanager
def _reasons() -> Iterator[None]:
    """Turn what Pillow and OpenCV raise about a broken picture, which is nearly any exception, into a reason."""
    try:
        yield
    except ImageError:
        raise
    except Exception as error:
        if type(error).__name__ == "DecompressionBombError":
            raise ImageError("it is too large: it has more pixels than are read", "too-many-pixels") from None
        raise ImageError(_TRUNCATED if "truncated" in str(error).lower() else _BROKEN) from None


def _decode_grey(picture: PIL.ImageFile.ImageFile) -> Image:
    """Let Pillow decode into our array: for a large photo a copy costs an eighth of the time."""
    from PIL.Image import frombuffer

    pixels = np.empty(picture.size[::-1], np.uint8)
    memory = frombuffer("L", picture.size, pixels, "raw", "L", 0, 1).im
    picture.im = memory
    with _reasons():
        picture.load()
    return pixels if picture.im is memory else _pixels(picture, "L")


def _open(data: bytes) -> PIL.ImageFile.ImageFile:
    """Let Pillow read the header. ``PIL.Image.open`` would import more, and warn of sizes that are fine here."""
    kind = next((name for name, start in _STARTS.items() if re.match(start, data, re.DOTALL)), None)
    if kind is None:
        raise ImageError("it is not a picture (JPEG, PNG, BMP, WebP, TIFF or GIF)", "not-a-picture")
    if kind == "Heif":
        raise ImageError("HEIC and AVIF are not supported: save the picture as JPEG or PNG", "unsupported-format")
    # Asked before as well, since Pillow looks for a header byte by byte, and in erased flash there is none.
    if kind == "Jpeg" and _END_OF_JPEG not in data:
        raise ImageError(_TRUNCATED)
    opener = getattr(import_module(f"PIL.{kind}ImagePlugin"), f"{kind}ImageFile")
    with _reasons(), _silence():
        if kind == "Png":
            opener(io.BytesIO(data)).verify()  # the checksums; it cannot be used any more after that
        picture: PIL.ImageFile.ImageFile = opener(io.BytesIO(data))
    scan = cast("IO[bytes]", picture.fp).tell()  # begins there
    if kind == "Jpeg" and data.find(_END_OF_JPEG, scan) <= scan:
        raise ImageError(_TRUNCATED)
    return picture


def _decode_with_opencv(data: bytes, picture: PIL.ImageFile.ImageFile, color: bool) -> Image:
    """Decode what Pillow opened. At WebP and BMP OpenCV is faster, at TIFF silent, at colours it keeps all 16 bits."""
    with _reasons():
        pixels = checked(np.asarray(cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)))
    # OpenCV turns a TIFF by itself, whatever it is told.
    orientation = 1 if picture.format == "TIFF" else _orientation(picture)
    return upright(opaque(eight_bit(pixels), color, "BGR"), orientation)


def show(picture: PIL.Image.Image, color: bool) -> Image:
    """Return what a Pillow image shows, upright, 8 bit and opaque. Loads it if it is not."""
    with _reasons():
        picture.load()
        if picture.mode in ("I", "F") or picture.mode.startswith("I;16"):
            pixels = np.asarray(picture)
            if pixels.dtype.kind in "iu" and pixels.min() >= 0 and pixels.max() < 2**16:
                pixels = pixels.astype(np.uint16)
            pixels = eight_bit(checked(pixels))
        else:
            plain = "RGB" if color and picture.mode not in ("1", "L") else "L"
            pixels = _pixels(picture, "RGBA" if picture.has_transparency_data else plain)
        orientation = _orientation(picture)
    return upright(opaque(pixels, color, "RGB"), orientation)


def _orientation(picture: PIL.Image.Image) -> int:
    """Return the EXIF orientation; 1, upright, if there is none or the EXIF block is rubbish."""
    try:
        with _silence():
            return cast("int", picture.getexif().get(274, 1))
    except Exception:  # nearly any
        return 1


def _pixels(picture: PIL.Image.Image, mode: str) -> Image:
    """Return the pixels converted to ``mode``: L, RGB or RGBA. In bands, as a whole picture would be copied thrice."""
    width, height = picture.size
    pixels = np.empty((height, width) if mode == "L" else (height, width, len(mode)), np.uint8)
    for top in range(0, height, _BAND):
        band = picture.crop((0, top, width, min(top + _BAND, height)))
        pixels[top : top + _BAND] = np.asarray(band.convert(mode))
    return pixels
