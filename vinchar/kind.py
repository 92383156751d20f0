"""What a picture shows: one glyph, a strip cut to a line, or a whole photo."""

from __future__ import annotations

import cv2
import numpy as np

from vinchar.rectify import stretch_contrast
from vinchar.types import Gray, Kind

GLYPH_SIDE = 160  # a picture of one glyph is not larger
PARTS, PART = 4, 0.05  # a glyph is drawn in so many pieces at most, each at least so large a share of its ink


def guess_kind(gray: Gray) -> Kind:
    """Tell a picture of one glyph from a strip and from a photo: by what is in it, and by its shape."""
    height, width = gray.shape
    if max(height, width) <= GLYPH_SIDE and width < 1.4 * height and _may_be_one_glyph(gray):
        return "glyph"
    return "strip" if width >= 2.5 * height else "photo"


def guess_line_kind(gray: Gray) -> Kind:
    """Tell a strip from a photo, where a picture is known to show more than one glyph."""
    return "strip" if guess_kind(gray) == "strip" else "photo"


def _may_be_one_glyph(gray: Gray) -> bool:
    """Tell whether nearly all ink of a small picture is a few pieces within a glyph's outline, on even ground."""
    picture = light_glyph(gray)
    _, ink = cv2.threshold(picture, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    count, _, stats, _ = cv2.connectedComponentsWithStats(ink)
    if count < 2:
        return False
    areas = stats[1:, cv2.CC_STAT_AREA]
    pieces = stats[1:][areas >= PART * areas.sum()]
    if not 1 <= len(pieces) <= PARTS:
        return False
    low, size = pieces[:, :2], pieces[:, 2:4]
    width, height = (low + size).max(axis=0) - low.min(axis=0)
    compact = height >= 0.3 * gray.shape[0] and width <= 1.8 * height
    whole = pieces[:, cv2.CC_STAT_AREA].sum() >= 0.75 * areas.sum()
    return bool(compact and whole and areas.sum() < 0.6 * gray.size)


def light_glyph(gray: Gray) -> Gray:
    """Return a picture of one glyph light on black, uint8 of the same shape: the border tells which is the ground."""
    border = np.concatenate([gray[0], gray[-1], gray[:, 0], gray[:, -1]])
    ground = int(np.median(border))
    picture = gray if ground < 128 else 255 - gray
    ground = min(ground, 255 - ground)
    return stretch_contrast(np.maximum(picture, ground) - ground)
