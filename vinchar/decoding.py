"""Picture files and Pillow images to arrays of pixels.

Pillow reads headers and decodes. What it does not do is done here: reasons that a person understands, limits checked
before anything is decoded, 16 bit by the bits in use, and silence. Where OpenCV is as silent and faster, or keeps more
bits, it decodes. HEIC opens by a plug-in for Pillow, PDF in a process of its own.
"""

from __future__ import annotations

import io
import logging
import os
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import IO, TYPE_CHECKING, NamedTuple, cast

import cv2
import numpy as np

from vinchar.extras import how_to_install
from vinchar.filetypes import HEAD, PDF, TIFF, FileType, type_of
from vinchar.pdf import render
from vinchar.pixels import (
    MAX_PIXELS,
    Image,
    ImageError,
    check_pages,
    check_size,
    checked,
    eight_bit,
    opaque,
    upright,
)
from vinchar.tiff import check_developed, pages, seek

if TYPE_CHECKING:  # importing it takes time, which reading arrays does without
    import PIL.Image
    import PIL.ImageFile
    from PIL.TiffImagePlugin import TiffImageFile

MAX_BYTES = 256 * 1024 * 1024
_BAND = 128  # rows converted at once

_END_OF_JPEG = b"\xff\xd9"  # a scan has no such bytes, but a thumbnail before it does
_SILENCE = threading.Lock()

_NO_PICTURE = "it is not a picture (JPEG, PNG, BMP, WebP, TIFF, GIF, HEIC, AVIF or PDF)"
_NO_HEIF = f"reading HEIC needs the package pi-heif: {how_to_install('formats')}"
_NO_SUPPORT = "the Pillow that is installed reads no {}: python3 -m pip install --upgrade pillow"
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


class Header(NamedTuple):
    """What a picture file is, and the size of its upright picture; ``orientation``: that of EXIF, 1 to 8."""

    type: FileType
    width: int
    height: int
    orientation: int


def read_header(data: bytes) -> Header:
    """Return what a picture file says of itself, of its first page if it has several. Nothing is decoded but PDF.

    Raises ``ImageError`` for what is no picture, is not read, or has a broken header.
    """
    check_bytes(len(data))
    kind = _type_of(data)
    if kind is PDF:
        height, width = render(data, 1, False, MAX_PIXELS).shape
        return Header(kind, width, height, 1)
    picture, _ = _open_page(data, kind, None)
    orientation = _orientation(picture)
    width, height = picture.size
    if orientation >= 5 and kind is not TIFF:  # of a TIFF Pillow says the upright size by itself
        width, height = height, width
    return Header(kind, width, height, orientation)


def decode(data: bytes, color: bool, most_pixels: int = MAX_PIXELS, page: int | None = None, suffix: str = "") -> Image:
    """Return the picture in the bytes of a file: uint8 (H, W), or (H, W, 3) BGR with ``color``.

    ``page``: which one of a PDF or TIFF, from 1 on, by default the first. ``suffix``: of the file's name, by which
    camera raw is known. Raises ``ImageError`` if it cannot be used, before anything is decoded if it has more than
    ``most_pixels``.
    """
    check_bytes(len(data))
    kind = _type_of(data, suffix)
    if kind is PDF:
        return render(data, 1 if page is None else page, color, most_pixels)
    if kind.name == "PNG":
        checked_over = _open(data, kind)
        with _reasons(), _silence():
            checked_over.verify()  # the checksums; it cannot be used any more after that
    picture, frame = _open_page(data, kind, page)
    check_size(*picture.size, most_pixels)
    deep = picture.mode in ("RGB", "RGBA") and any(";16" in str(tile.args) for tile in picture.tile)
    if picture.format in ("TIFF", "WEBP", "BMP") or (picture.format == "PNG" and deep):
        return _decode_with_opencv(data, picture, frame, color)
    if not color:
        picture.draft("L", None)  # a JPEG need not be decoded to colours at all
    if picture.format == "JPEG" and picture.mode == "L":
        pixels = _decode_grey(picture)
        return upright(opaque(pixels, color, "RGB"), _orientation(picture))
    return show(picture, color)


def count_tiff_pages(file: IO[bytes]) -> int:
    """Return how many pages a TIFF has, by its headers; 1 if it cannot be opened."""
    try:
        with _reasons(), _silence():
            return len(pages(import_module("PIL.TiffImagePlugin").TiffImageFile(file)))
    except ImageError:
        return 1


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
        is_cut = any(said in str(error).lower() for said in ("truncated", "end of file"))
        raise ImageError(_TRUNCATED if is_cut else _BROKEN) from None


def _decode_grey(picture: PIL.ImageFile.ImageFile) -> Image:
    """Let Pillow decode into our array: for a large photo a copy costs an eighth of the time."""
    from PIL.Image import frombuffer

    pixels = np.empty(picture.size[::-1], np.uint8)
    memory = frombuffer("L", picture.size, pixels, "raw", "L", 0, 1).im
    picture.im = memory
    with _reasons():
        picture.load()
    return pixels if picture.im is memory else _pixels(picture, "L")


def _type_of(data: bytes, suffix: str = "") -> FileType:
    """Return the type of a file that is read. Raises ``ImageError`` for another one."""
    kind = type_of(data[:HEAD], suffix)
    if kind is None:
        raise ImageError(_NO_PICTURE, "not-a-picture")
    if kind.refusal:
        raise ImageError(kind.refusal, "unsupported-format")
    return kind


def _open_page(data: bytes, kind: FileType, page: int | None) -> tuple[PIL.ImageFile.ImageFile, int]:
    """Return what ``_open`` does, at a page, and the number of its frame."""
    picture = _open(data, kind)
    if kind is not TIFF:
        check_pages(1 if page is None else page, 1)
        return picture, 0
    with _reasons(), _silence():
        check_developed(cast("TiffImageFile", picture))
        return picture, seek(cast("TiffImageFile", picture), 1 if page is None else page)


def _open(data: bytes, kind: FileType) -> PIL.ImageFile.ImageFile:
    """Let Pillow read the header. ``PIL.Image.open`` would import more, and warn of sizes that are fine here."""
    jpeg = kind.name == "JPEG"
    # Asked before as well, since Pillow looks for a header byte by byte, and in erased flash there is none.
    if jpeg and _END_OF_JPEG not in data:
        raise ImageError(_TRUNCATED)
    module, _, name = kind.header.rpartition(".")
    try:
        plugin = import_module(module)
    except ImportError:
        raise ImageError(_NO_HEIF, "unsupported-format") from None
    if not getattr(plugin, "SUPPORTED", True):
        raise ImageError(_NO_SUPPORT.format(kind.name), "unsupported-format")
    opener = getattr(plugin, name)
    with _reasons(), _silence():
        picture: PIL.ImageFile.ImageFile = opener(io.BytesIO(data))
    if jpeg:
        scan = cast("IO[bytes]", picture.fp).tell()  # begins there
        # An end that was lost and filled with zeros is none to Pillow and OpenCV: they show grey in its place.
        if data.find(_END_OF_JPEG, scan) <= scan:
            raise ImageError(_TRUNCATED)
    return picture


def _decode_with_opencv(data: bytes, picture: PIL.ImageFile.ImageFile, frame: int, color: bool) -> Image:
    """Decode what Pillow opened. At WebP and BMP OpenCV is faster, at TIFF silent, at colours it keeps all 16 bits."""
    with _reasons():
        encoded = np.frombuffer(data, np.uint8)
        if frame:
            _, (shown,) = cv2.imdecodemulti(encoded, cv2.IMREAD_UNCHANGED, range=(frame, frame + 1))
        else:
            shown = np.asarray(cv2.imdecode(encoded, cv2.IMREAD_UNCHANGED))
        pixels = checked(shown)
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
            found = int(picture.getexif().get(274, 1))
    except Exception:  # nearly any
        return 1
    return found if 1 <= found <= 8 else 1


def _pixels(picture: PIL.Image.Image, mode: str) -> Image:
    """Return the pixels converted to ``mode``: L, RGB or RGBA. In bands, as a whole picture would be copied thrice."""
    width, height = picture.size
    pixels = np.empty((height, width) if mode == "L" else (height, width, len(mode)), np.uint8)
    for top in range(0, height, _BAND):
        band = picture.crop((0, top, width, min(top + _BAND, height)))
        pixels[top : top + _BAND] = np.asarray(band.convert(mode))
    return pixels
