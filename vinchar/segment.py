"""Split a strip into glyphs: projections say where to cut between them, connected components how far each reaches.

The classifier and the assembler say about where the middle of each of the 17 stands. Between two middles the strip is
cut where the projection of its ink is least; what hangs together between two cuts is the glyph. Casey and Lecolinet,
"A survey of methods and strategies in character segmentation" (1996), doi 10.1109/34.506792.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.types import GLYPH_HEIGHT, PITCH, Gray

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

SPECK = 8  # pixels: a smaller component is dirt
REACH = 0.3  # distances of two glyphs' middles: a cut is no further from half way
ASIDE = 0.3  # what it costs to be a whole distance away, in parts of full ink


def segment(gray: Gray, centres: Floats) -> Ints:
    """Return the boxes, int32 (S, N, 4), of the glyphs of a strip whose middles stand at columns ``centres`` (S, N).

    ``gray`` uint8 (H, W): light glyphs on dark, about ``GLYPH_HEIGHT`` high, mid-height; S ways to part it, whose
    middles increase. The boxes of each are ordered and do not overlap; a box holds the components of ink between its
    two cuts, or where there is no clear ink the nominal rows from cut to cut.
    """
    ink = _ink(gray)
    band = _band(len(gray))
    profile = cv2.GaussianBlur(ink[band].mean(axis=0, keepdims=True), (0, 0), 1.0)[0]
    level, _ = cv2.threshold((255 * ink[band]).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    mask = (ink > level / 255).astype(np.uint8)
    return np.asarray([_boxes(mask, band, _cuts(profile, middles)) for middles in centres], np.int32)


def _boxes(mask: Gray, band: slice, cuts: Ints) -> Ints:
    """Return the boxes, int32 (N, 4), of the ink between cuts, int32 (N + 1,)."""
    height, width = mask.shape
    count = len(cuts) - 1
    parted = mask.copy()
    parted[:, np.clip(cuts, 0, width - 1)] = 0  # glyphs that touch come apart here
    _, _, stats, middles = cv2.connectedComponentsWithStats(parted, connectivity=8)
    left, top, wide, high, area = stats[1:].T
    glyph = np.searchsorted(cuts, middles[1:, 0], side="right") - 1
    inside = (area >= SPECK) & (top < band.stop - 3) & (top + high > band.start + 3) & (glyph >= 0) & (glyph < count)
    boxes = np.tile(np.array([width, height, 0, 0], np.int32), (count, 1))
    np.minimum.at(boxes, (glyph[inside], 0), left[inside])
    np.minimum.at(boxes, (glyph[inside], 1), top[inside])
    np.maximum.at(boxes, (glyph[inside], 2), (left + wide)[inside])
    np.maximum.at(boxes, (glyph[inside], 3), (top + high)[inside])
    nominal = np.full((count, 4), (height - GLYPH_HEIGHT) // 2, np.int32)
    nominal[:, 3] += GLYPH_HEIGHT
    nominal[:, 0], nominal[:, 2] = cuts[:-1], cuts[1:]
    unclear = boxes[:, 3] - boxes[:, 1] < GLYPH_HEIGHT // 2
    return np.asarray(np.where(unclear[:, None], nominal, boxes), np.int32)


def _cuts(profile: Floats, centres: Floats) -> Ints:
    """Return where glyphs begin and end, int32 (N + 1,): over half a pitch outside the ends, least ink between two."""
    columns = np.arange(len(profile))
    one, other = centres[:-1, None], centres[1:, None]
    aside = np.abs(columns - (one + other) / 2) / (other - one)  # (N - 1, W), from 0 in the middle between two
    between = np.where(aside < REACH, profile + ASIDE * aside, np.inf).argmin(axis=1)
    out = 0.6 * float(np.median(np.diff(centres)))
    cuts = np.concatenate([[centres[0] - out], between, [centres[-1] + out]])
    return np.asarray(np.clip(np.rint(cuts), 0, len(profile)), np.int32)


def _band(height: int) -> slice:
    """Return the rows that a nominal glyph fills, with 2 px to spare."""
    reach = GLYPH_HEIGHT // 2 + 2
    return slice(max(height // 2 - reach, 0), height // 2 + reach)


def _ink(gray: Gray) -> Floats:
    """Return how bright each pixel is against its surroundings, float32 (H, W), about 0 to 1 in every part."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    hat = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, np.ones((15, 15), np.uint8)).astype(np.float32)
    peak = hat[_band(len(gray))].max(axis=0, keepdims=True)  # (1, W)
    peak = cv2.blur(cv2.dilate(peak, np.ones((1, 2 * PITCH + 1), np.uint8)), (2 * PITCH + 1, 1))
    # Where contrast is far below the strip's best there is noise, and it must not be raised to full ink.
    return np.asarray(np.minimum(hat / np.maximum(peak, 0.3 * hat.max() + 4), 1), np.float32)
