"""Picture files as they are kept: their kind, their upright size, and in a form that browsers show."""

from __future__ import annotations

import io
from importlib import import_module
from typing import Any, NamedTuple

import cv2

from vinchar.imaging import load

JPEG, TIFF = "image/jpeg", "image/tiff"
OTHER = "application/octet-stream"
# Of the formats that are read: how a file begins, the media type, the ending of a name, and Pillow's module and class.
_KINDS = (
    (b"\xff\xd8\xff", JPEG, "jpg", "Jpeg"),
    (b"\x89PNG", "image/png", "png", "Png"),
    (b"GIF8", "image/gif", "gif", "Gif"),
    (b"RIFF", "image/webp", "webp", "WebP"),
    (b"BM", "image/bmp", "bmp", "Bmp"),
    (b"II", TIFF, "tif", "Tiff"),
    (b"MM", TIFF, "tif", "Tiff"),
)
ENDINGS = {media_type: ending for _, media_type, ending, _ in _KINDS}
_SHOWN = {JPEG, "image/png", "image/gif", "image/webp", "image/bmp"}  # by every browser
_QUALITY = 92  # of a JPEG made of what browsers do not show


class Looks(NamedTuple):
    """The media type of a picture file, and the size of the upright picture in pixels."""

    media_type: str
    width: int
    height: int


def looks_of(data: bytes) -> Looks:
    """Return what a picture file is, by its header. Raises ``ImageError`` where that is broken."""
    media_type, _ = _kind(data)
    try:
        width, height = _opened(data).size
        if media_type != TIFF and _orientation(data) >= 5:  # Pillow says the upright size of a TIFF by itself
            width, height = height, width
    except Exception:  # Pillow raises nearly any; whether it is a picture at all is then known by decoding it
        height, width = load(data).shape
    return Looks(media_type, width, height)


def for_browsers(data: bytes, media_type: str) -> tuple[bytes, str]:
    """Return a picture file that every browser shows upright, and its media type: as it is, or as a JPEG.

    Raises ``ImageError`` for one that has to be decoded and is broken.
    """
    if media_type == JPEG or (media_type in _SHOWN and _orientation(data) == 1):  # they turn all JPEG, not all others
        return data, media_type
    _, encoded = cv2.imencode(".jpg", load(data, color=True), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes(), JPEG


def _kind(data: bytes) -> tuple[str, str]:
    return next(((media, module) for start, media, _, module in _KINDS if data.startswith(start)), (OTHER, ""))


def _opened(data: bytes) -> Any:
    """Return Pillow's picture, its header read; ``PIL.Image.open`` would warn of sizes that are fine here."""
    module = _kind(data)[1]
    return getattr(import_module(f"PIL.{module}ImagePlugin"), f"{module}ImageFile")(io.BytesIO(data))


def _orientation(data: bytes) -> int:
    """Return the EXIF orientation, 1 to 8; 1, upright, where there is none or it is rubbish."""
    try:
        found = int(_opened(data).getexif().get(274, 1))
    except Exception:  # nearly any
        return 1
    return found if 1 <= found <= 8 else 1
