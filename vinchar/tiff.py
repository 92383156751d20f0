"""The pages of a TIFF: which of its frames they are, and whether it is a photo at all, or camera raw."""

from __future__ import annotations

from typing import TYPE_CHECKING

from vinchar.filetypes import DNG, RAW
from vinchar.pixels import MAX_PAGES, ImageError, check_pages

if TYPE_CHECKING:
    from PIL.TiffImagePlugin import TiffImageFile

_SUBFILE, _PHOTOMETRIC, _SUB_IFDS, _DNG_VERSION = 254, 262, 330, 50706  # tags
_SMALL, _MASK = 1, 4  # bits of _SUBFILE: a small copy of another frame, a mask of one
_SENSOR = (32803, 34892)  # values of _PHOTOMETRIC: pixels as the sensor gave them
_MOST_FRAMES = 4 * MAX_PAGES


def check_developed(picture: TiffImageFile) -> None:
    """Raise ``ImageError`` for camera raw, most kinds of which are TIFF with a small preview as the first frame."""
    tags = picture.tag_v2
    if _DNG_VERSION in tags:
        raise ImageError(DNG.refusal, "unsupported-format")
    preview = tags.get(_SUBFILE, 0) & _SMALL and _SUB_IFDS in tags
    if preview or tags.get(_PHOTOMETRIC) in _SENSOR:
        raise ImageError(RAW.refusal, "unsupported-format")


def pages(picture: TiffImageFile) -> list[int]:
    """Return the numbers of the frames that are pages, one of them more than are read at most.

    A frame that is broken counts as a page: whoever asks for it is told.
    """
    found = []
    for number in range(_MOST_FRAMES):
        try:
            picture.seek(number)
            kind = picture.tag_v2.get(_SUBFILE, 0)
        except EOFError:
            break
        except Exception:  # nearly any
            kind = 0
        if not kind & (_SMALL | _MASK):
            found.append(number)
        if len(found) > MAX_PAGES:
            break
    return found or [0]


def seek(picture: TiffImageFile, page: int) -> int:
    """Go to a page, from 1 on, and return the number of its frame. Raises ``ImageError`` if there is none."""
    found = pages(picture)
    check_pages(page, len(found))
    picture.seek(found[page - 1])
    return found[page - 1]
