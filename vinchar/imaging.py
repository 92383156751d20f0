"""Pictures from files, folders, bytes, arrays and Pillow images, as the stages want them: upright, 8 bit, opaque."""

from __future__ import annotations

import io
import os
import stat
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any, TypeAlias

import numpy as np

from vinchar.decoding import MAX_BYTES, check_bytes, decode, show
from vinchar.pixels import MAX_PIXELS, Channels, Image, ImageError, Pixels, check_size, checked, eight_bit, opaque

__all__ = ["SUFFIXES", "Channels", "ImageError", "Pictures", "Source", "find_pictures", "load"]

if TYPE_CHECKING:  # importing it takes time, which reading arrays does without
    import PIL.Image

Source: TypeAlias = "str | os.PathLike[str] | bytes | bytearray | memoryview | IO[bytes] | Pixels | PIL.Image.Image"


# HEIC and AVIF cannot be read, but who has a folder of them must be told so.
READABLE = frozenset((".jpg", ".jpeg", ".jpe", ".jfif", ".png", ".bmp", ".dib", ".webp", ".tif", ".tiff", ".gif"))
SUFFIXES = READABLE | {".heic", ".heif", ".avif"}

_EXPECTED = "expected a path, the bytes of a file, a file opened as binary, a NumPy array or a Pillow image"


def load(source: Source, *, color: bool = False, channels: Channels = "BGR", most_pixels: int = MAX_PIXELS) -> Image:
    """Return a picture upright (EXIF), 8 bit and opaque.

    Returns uint8 (H, W), or (H, W, 3) BGR with ``color``, C-contiguous. Transparent parts become mid grey; 16 bit is
    scaled by the bits in use. ``source`` is one of these:

    - a path, the bytes of a file, or a file opened as binary (also ``io.BytesIO``), which is read from its start if it
      can seek, and left open. JPEG (also CMYK), PNG, BMP, WebP, TIFF, the first frame of a GIF;
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
        return decode(_read(source), color, most_pixels)
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


@dataclass(frozen=True)
class Pictures:
    """``paths``: each picture once, in the order given; ``repeated``: how many were named again and left out.

    ``passed_over``: files in the folders that are not named like pictures.
    """

    paths: tuple[Path, ...]
    repeated: int
    passed_over: int = 0


def find_pictures(paths: str | os.PathLike[str] | Iterable[str | os.PathLike[str]]) -> Pictures:
    """Return the pictures among files and in folders, each once, in the order given, every folder's sorted by path.

    A file that is named is taken whatever it is called, and one that does not exist, too: ``load`` says so. In folders,
    at any depth, everything named like a picture is taken (``SUFFIXES``), a broken link and a folder too, so that
    nothing goes missing silently, and so is a folder that cannot be opened. Hidden entries are left out and links to
    folders are not followed. One place in one folder is one picture, however its path is spelled.
    """
    found: dict[tuple[str, str], Path] = {}
    count = others = 0
    real = cache(os.path.realpath)
    for path in [paths] if isinstance(paths, str | os.PathLike) else paths:
        pictures, rest = _pictures_below(path) if os.path.isdir(path) else ([Path(path)], 0)
        others += rest
        for picture in pictures:
            found.setdefault((real(picture.parent), picture.name), picture)
            count += 1
    return Pictures(tuple(found.values()), count - len(found), others)


def _pictures_below(folder: str | os.PathLike[str]) -> tuple[list[Path], int]:
    """Return the pictures in a folder, sorted, and how many other files there are."""
    found: set[Path] = set()
    others = 0
    for parent, folders, files in os.walk(folder, onerror=lambda error: found.add(Path(error.filename))):
        folders[:] = [name for name in folders if not name.startswith(".")]
        named = {name for name in folders + files if os.path.splitext(name)[1].lower() in SUFFIXES}
        found.update(Path(parent, name) for name in named if not name.startswith("."))
        others += sum(name not in named and not name.startswith(".") for name in files)
    return sorted(found), others


def _read(path: str | os.PathLike[str]) -> bytes:
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
