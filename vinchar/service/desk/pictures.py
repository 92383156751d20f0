"""Picture files as they are kept: their kind, their upright size, and in a form that browsers show."""

from __future__ import annotations

from typing import NamedTuple

import cv2

from vinchar.decoding import read_header
from vinchar.filetypes import TYPES
from vinchar.imaging import load

JPEG = "image/jpeg"
ENDINGS = {one.media_type: one.suffixes[0].removeprefix(".") for one in TYPES if not one.refusal}
_SHOWN = {JPEG, "image/png", "image/gif", "image/webp", "image/bmp"}  # by every browser
_QUALITY = 92  # of a JPEG made of what browsers do not show


class Looks(NamedTuple):
    """The media type of a picture file, and the size of the upright picture in pixels."""

    media_type: str
    width: int
    height: int


def looks_of(data: bytes) -> Looks:
    """Return what a picture file is, by its header. Raises ``ImageError`` where that is broken."""
    header = read_header(data)
    return Looks(header.type.media_type, header.width, header.height)


def for_browsers(data: bytes, media_type: str) -> tuple[bytes, str]:
    """Return a picture file that every browser shows upright, and its media type: as it is, or as a JPEG.

    Raises ``ImageError`` for one that has to be decoded and is broken.
    """
    # They turn all JPEG, but not all others.
    if media_type == JPEG or (media_type in _SHOWN and read_header(data).orientation == 1):
        return data, media_type
    _, encoded = cv2.imencode(".jpg", load(data, color=True), [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return encoded.tobytes(), JPEG
