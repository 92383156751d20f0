"""What a picture shows: one glyph, a strip cut to a line, or a whole photo."""

from __future__ import annotations

import cv2
import numpy as np

from vinchar.rectify import stretch_contrast
from vinchar.types import Gray, Kind

GLYPH_SIDE = 160  # a picture of one glyph is not larger
TOO_SMALL_FOR_17 = 48  # pixels: no VIN can be read in a picture that has fewer in both directions


def guess_kind(gray: Gray) -> Kind:
    """Tell a picture of one glyph from a strip and from a photo: by size, shape and how much ink is one piece."""
    height, width = gray.shape
    if max(height, width) < TOO_SMALL_FOR_17:
        return "glyph"
    if max(height, width) <= GLYPH_SIDE and width < 1.4 * height and _is_one_glyph(gray):
        return "glyph"
    return "strip" if width >= 2.5 * height else "photo"


def _is_one_glyph(gray: Gray) -> bool:
    """Tell whether nearly all ink of a small picture is one connected component of a glyph's size, on even ground."""
    picture = light_glyph(gray)
    _, ink = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    if count < 2:
        return False
    areas = stats[1:, cv2.CC_STAT_AREA]
    largest = stats[1 + int(areas.argmax())]
    tall = largest[cv2.CC_STAT_HEIGHT] >= 0.3 * gray.shape[0]
    return bool(tall and areas.max() >= 0.75 * areas.sum() and areas.sum() < 0.6 * gray.size)


def light_glyph(gray: Gray) -> Gray:
    """Return a picture of one glyph light on black, uint8 of the same shape: the border tells which is the ground."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ground = int(np.median(border))
    picture = gray if ground < 128 else 255 - gray
    ground = min(ground, 255 - ground)
    return stretch_contrast(np.maximum(picture, ground) - ground)
