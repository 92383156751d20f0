"""What a picture must be, and arrays of pixels as the stages want them: 8 bit, opaque over mid grey, upright."""

from __future__ import annotations

from typing import Any, Literal, cast

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[Any]
Image = NDArray[np.uint8]
Channels = Literal["BGR", "RGB"]

MAX_PIXELS = 200_000_000
MIN_SIDE = 8
MAX_SIDE = 32_766  # cv2.remap takes no more
MAX_PAGES = 1000  # of one file
BACKGROUND = 128  # behind transparent pixels: dark and light glyphs both stand out from it


Fault = Literal[
    "broken-picture",
    "empty",
    "not-a-picture",
    "too-large",
    "too-many-pixels",
    "too-small",
    "unreadable-file",
    "unsupported-format",
]


class ImageError(ValueError):
    """A picture that cannot be used; the message is the reason, a short sentence for people, ``code`` for programs."""

    def __init__(self, reason: str, code: Fault = "broken-picture") -> None:
        super().__init__(reason)
        self.code: Fault = code


def check_size(width: int, height: int, most: int = MAX_PIXELS) -> None:
    """Raise ``ImageError`` for a size that is not read; ``most``: pixels."""
    size = f"{width} x {height} pixels"
    if width < MIN_SIDE or height < MIN_SIDE:
        raise ImageError(f"it is too small: {size}, at least {MIN_SIDE} x {MIN_SIDE} are needed", "too-small")
    if width * height > most:
        said = f"{most / 10**6:.3g} million"
        raise ImageError(f"it is too large: {size}, at most {said} are read", "too-many-pixels")
    if max(width, height) > MAX_SIDE:
        raise ImageError(f"it is too large: {size}, at most {MAX_SIDE} a side are read", "too-many-pixels")


def check_pages(page: int, count: int) -> None:
    """Raise ``ImageError`` for a page, from 1 on, that a file of ``count`` pages has not, and for too many of them."""
    if count > MAX_PAGES:
        raise ImageError(f"it has more pages than are read of one file, {MAX_PAGES}: part it", "too-large")
    if not 1 <= page <= count:
        pages = "it is one picture" if count == 1 else f"it has {count} pages"
        raise ImageError(f"it has no page {page}: {pages}", "unreadable-file")


def checked(array: Pixels) -> Pixels:
    """Return a picture's array as it is. Raises ``ValueError`` if its shape, type or values are not those of one."""
    if array.ndim not in (2, 3) or (array.ndim == 3 and array.shape[2] not in (1, 3, 4)):
        raise ValueError(
            f"picture: got an array of shape {array.shape}, expected (H, W) or (H, W, 1, 3 or 4): "
            "one picture, its channels last; Reader.read_many takes several pictures"
        )
    if array.dtype not in (np.uint8, np.uint16, np.bool_) and array.dtype.kind != "f":
        raise ValueError(
            f"picture: got an array of {array.dtype}, expected uint8, uint16, bool, or float from 0 to 1: "
            "array.astype(numpy.uint8) if its values are from 0 to 255"
        )
    # Written so that a NaN, which compares false with everything, is refused as well.
    if array.dtype.kind == "f" and array.size and not (array.min() >= 0 and array.max() <= 1):
        raise ValueError(
            f"picture: got floats from {array.min():g} to {array.max():g}, expected 0 to 1: "
            "divide them by the largest possible value"
        )
    return array


def eight_bit(array: Pixels) -> Image:
    """Scale to uint8. A uint16 picture is taken to have as many bits as its largest value needs, at least 8."""
    if array.dtype.kind in "bf":
        return cast("Image", cv2.convertScaleAbs(np.ascontiguousarray(array, np.float32), alpha=255.0))
    if array.dtype == np.uint16:
        # 10, 12 and 14 bits in a 16-bit file are usual and would be all but black; opacity does not say how many.
        largest = int((array[..., :3] if array.ndim == 3 else array).max(initial=0))
        scaled = cv2.convertScaleAbs(np.ascontiguousarray(array), alpha=255 / (2 ** max(largest.bit_length(), 8) - 1))
        if array.ndim == 3 and array.shape[2] == 4:
            scaled[..., 3] = array[..., 3] >> 8
        return cast("Image", scaled)
    return cast("Image", array)


def opaque(pixels: Image, color: bool, channels: Channels) -> Image:
    """Return (H, W), or (H, W, 3) BGR with ``color``, of grey or coloured pixels, over ``BACKGROUND``."""
    pixels = np.ascontiguousarray(pixels)
    depth = pixels.shape[2] if pixels.ndim == 3 else 1
    have, want = {1: "GRAY", 3: channels, 4: f"{channels}A"}[depth], "BGR" if color else "GRAY"
    plain = pixels if have == want else cv2.cvtColor(pixels, getattr(cv2, f"COLOR_{have}2{want}"))
    if depth < 4:
        return cast("Image", plain if color else plain.reshape(plain.shape[:2]))
    alpha = cv2.extractChannel(pixels, 3)
    if alpha.min() == 255 or alpha.max() == 0:  # opaque, or an opacity that somebody never filled in
        return cast("Image", plain)
    if color:
        alpha = cv2.cvtColor(alpha, cv2.COLOR_GRAY2BGR)
    shown = cv2.multiply(plain, alpha, scale=1 / 255)
    return cast("Image", cv2.addWeighted(shown, 1.0, alpha, -BACKGROUND / 255, BACKGROUND))


def upright(pixels: Image, orientation: int) -> Image:
    """Turn and mirror a picture as its EXIF orientation asks for; other numbers than 2 to 8 leave it as it is."""
    if orientation in (5, 6, 7, 8):
        pixels = cast("Image", cv2.transpose(pixels))
    flip = {2: 1, 3: -1, 4: 0, 6: 1, 7: -1, 8: 0}.get(orientation)
    return pixels if flip is None else cast("Image", cv2.flip(pixels, flip))
