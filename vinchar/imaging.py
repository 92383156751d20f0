"""Pictures from files, folders, bytes, arrays and Pillow images, as the stages want them: upright, 8 bit, opaque."""

from __future__ import annotations

import io
import os
import re
import stat
import sys
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np

from vinchar.decoding import MAX_BYTES, check_bytes, decode, show
from vinchar.filetypes import SUFFIXES
from vinchar.finding import Picture, Pictures, find_pictures
from vinchar.pages import file_of
from vinchar.pixels import MAX_PIXELS, Channels, Image, ImageError, Pixels, check_size, checked, eight_bit, opaque
from vinchar.urls import Url

__all__ = [
    "SUFFIXES",
    "Channels",
    "Image",
    "ImageError",
    "Picture",
    "Pictures",
    "Source",
    "Url",
    "find_pictures",
    "load",
    "name_of",
    "read_file",
]

if TYPE_CHECKING:  # importing it takes time, which reading arrays does without
    import PIL.Image

Source: TypeAlias = (
    "str | os.PathLike[str] | Url | bytes | bytearray | memoryview | IO[bytes] | Pixels | PIL.Image.Image"
)


_EXPECTED = "expected a path, the bytes of a file, a file opened as binary, a NumPy array or a Pillow image"


def load(source: Source, *, color: bool = False, channels: Channels = "BGR", most_pixels: int = MAX_PIXELS) -> Image:
    """Return a picture upright (EXIF), 8 bit and opaque.

    Returns uint8 (H, W), or (H, W, 3) BGR with ``color``, C-contiguous. Transparent parts become mid grey; 16 bit is
    scaled by the bits in use. ``source`` is one of these:

    - a path, the bytes of a file, or a file opened as binary (also ``io.BytesIO``), which is read from its start if it
      can seek, and left open. JPEG (also CMYK), PNG, BMP, WebP, TIFF, AVIF, HEIC, PDF; of what moves the first frame,
      of several pages the first, unless the path names another, ``scan.pdf#2``. HEIC and PDF take the extra
      ``formats``;
    - a ``Url``: a picture on the web;
    - a NumPy array of uint8, uint16, bool, or float from 0 to 1, shaped (H, W), (H, W, 1), (H, W, 3) or (H, W, 4).
      ``channels`` is the order of its colours: ``BGR``, as OpenCV has them, or ``RGB``, as Pillow, matplotlib and
      imageio have them; a fourth channel is the opacity. The result may share the array's memory;
    - a Pillow image, which knows its own colours. It is turned as its EXIF says, unless ``ImageOps.exif_transpose``
      did so already.

    Raises ``ImageError`` with the reason if the picture cannot be used, before a file of more than ``most_pixels`` is
    decoded; ``ValueError`` if an argument is wrong.
    """
    if channels not in ("BGR", "RGB"):
        raise ValueError(f"channels: got {channels!r}, expected 'BGR' or 'RGB', the order of colours in an array")
    if isinstance(source, bytes | bytearray | memoryview):
        return decode(bytes(source), color, most_pixels)
    if isinstance(source, str | os.PathLike):
        path, page = file_of(source)
        return decode(read_file(path), color, most_pixels, page, os.path.splitext(path)[1])
    if isinstance(source, Url):
        from vinchar.web import fetch  # importing it takes time

        return decode(fetch(source), color, most_pixels, source.page)
    if isinstance(source, np.ndarray):
        array = checked(source)
        check_size(array.shape[1], array.shape[0], most_pixels)
        return opaque(eight_bit(array), color, channels)
    pillow = sys.modules.get("PIL.Image")  # not imported before there is such an image
    if pillow is not None and isinstance(source, pillow.Image):
        width, height = source.size
        check_size(width, height, most_pixels)
        return show(source, color)
    if hasattr(source, "read"):
        return decode(_read_stream(source), color, most_pixels)
    raise ValueError(
        f"picture: got {type(source).__qualname__}, {_EXPECTED}: numpy.asarray makes an array of most things that hold "
        "pixels, and Reader.read_many takes several pictures"
    )


def name_of(source: Source) -> str | None:
    """Return the name of what is at a path or an address on the web, else None."""
    if isinstance(source, Url):
        return source.address
    return os.fspath(source) if isinstance(source, str | os.PathLike) else None


def read_file(path: str | os.PathLike[str]) -> bytes:
    """Return the bytes of a picture file. Raises ``ImageError`` if it cannot be read, or is larger than any is read."""
    try:
        status = os.stat(path)
        if stat.S_ISDIR(status.st_mode):
            may_open = os.access(path, os.R_OK | os.X_OK)
            said = "it is a folder, not a picture" if may_open else "it is a folder that may not be opened"
            raise ImageError(said, "unreadable-file")
        if not stat.S_ISREG(status.st_mode):  # a pipe or a device might never end
            raise ImageError("it is not an ordinary file", "unreadable-file")
        check_bytes(status.st_size)
        with open(path, "rb") as file:
            return file.read()
    except FileNotFoundError:
        missing = "it is a broken link" if os.path.islink(path) else "there is no such file"
        if re.match("https?:/", os.fspath(path), re.IGNORECASE):
            missing += "; what lies on the web is read with --allow-urls"
        raise ImageError(missing, "unreadable-file") from None
    except OSError as error:
        raise ImageError(f"it cannot be read ({error.strerror or error})", "unreadable-file") from None


def _read_stream(file: Any) -> bytes:
    if isinstance(file, io.TextIOBase):
        raise ValueError("picture: got a file opened as text, expected one opened as binary: open(path, 'rb')")
    try:
        if getattr(file, "seekable", bool)():
            file.seek(0)
        data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise ImageError(f"it cannot be read ({error.strerror or error})", "unreadable-file") from None
    if not isinstance(data, bytes):
        raise ValueError(
            f"picture: got {type(file).__qualname__}, whose read() returns {type(data).__qualname__}, {_EXPECTED}"
        )
    return data
