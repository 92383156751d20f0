"""Bars of a linear barcode, averaged along their length and sharpened, for where one row of pixels is not enough.

Nothing here knows a symbology: a band across the bars becomes a picture of clean black and white lines, which a decoder
reads as it does a good print.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.types import Gray

Floats = NDArray[np.float32]

CELL = 16  # columns over which the bars' direction and strength are summed
ROWS = 0.4  # of a glyph's height: a row of cells
SMOOTH = 0.1  # of the width: the bars' slant changes no faster across a picture
LEVEL = 6.0  # bars change so many times more across than along
MOST_BANDS = 6
THICK = 0.35  # of a glyph's height: rows that are averaged
BLURS = (0.0, 1.0, 1.7, 2.7, 4.0)  # columns: standard deviations of the blur that is undone
NOISE = 0.02  # share of noise to signal in undoing it
WINDOWS = (11, 21, 61)  # columns within which black and white are told apart
FLAT = 0.2  # of the range within the largest window: less is no bar
PAD = 64  # columns
COPIES = 3  # lines of each way to sharpen; decoders ask for two that agree


@dataclass(frozen=True, eq=False, slots=True)
class Band:
    """A band across bars: ``lines`` uint8 (N, W), each sharpened in another way, black and white.

    It runs along row ``y`` of a picture, its bars from row ``top`` to ``bottom``; ``slant`` float32 (W,): columns that
    they go to the right with every row down.
    """

    lines: Gray
    y: float
    top: float
    bottom: float
    slant: Floats

    def quad(self, left: float, right: float) -> Floats:
        """Return the corners of the bars between two columns, float32 (4, 2), clockwise from the top left."""
        ends = np.array([left, right, right, left])
        rows = np.array([self.top, self.top, self.bottom, self.bottom])
        lean = np.interp(ends, np.arange(len(self.slant)), self.slant)
        return np.stack([ends + lean * (rows - self.y), rows], axis=1).astype(np.float32)


def bands(gray: Gray, glyph: float) -> Iterator[Band]:
    """Yield bands of a picture uint8 (H, W) that look most like bars across, the likeliest first.

    ``glyph``: the height in pixels of a character near them, which sets how high a band is.
    """
    step = max(4.0, ROWS * glyph)
    if gray.shape[0] < 2 * step or gray.shape[1] < 2 * CELL:
        return
    slants, strength = _directions(gray, round(gray.shape[0] / step))
    step = gray.shape[0] / len(strength)
    for i in np.argsort(-strength)[:MOST_BANDS]:
        bars = strength > strength[i] / 2
        top, bottom = i, i + 1
        while top > 0 and bars[top - 1]:
            top -= 1
        while bottom < len(bars) and bars[bottom]:
            bottom += 1
        y = (i + 0.5) * step
        slant = cv2.resize(slants[i : i + 1], (gray.shape[1], 1), interpolation=cv2.INTER_LINEAR)[0]
        profile = _profile(gray, y, slant, max(3, round(THICK * glyph)))
        yield Band(_lines(profile), y, top * step, bottom * step, slant)


def _directions(gray: Gray, rows: int) -> tuple[Floats, Floats]:
    """Return the bars' slant in cells, float32 (rows, columns), and how strong bars are in each row, float32 (rows,).

    From the structure tensor: along a bar brightness does not change, so its slant s has ``s gx + gy = 0``.
    """
    x, y = (cv2.Sobel(gray, cv2.CV_32F, *one, scale=1 / 8) for one in ((1, 0), (0, 1)))
    size = max(1, gray.shape[1] // CELL), rows
    xx, xy, yy = (cv2.resize(one, size, interpolation=cv2.INTER_AREA) for one in (x * x, x * y, y * y))
    wide = max(0.5, SMOOTH * size[0])
    near = [cv2.GaussianBlur(one, (0, 0), sigmaX=wide, sigmaY=0.6) for one in (xx, xy)]
    slants = -near[1] / np.maximum(near[0], 1e-3)
    along = slants * (slants * xx + 2 * xy) + yy
    return slants, np.sqrt(np.maximum(xx - LEVEL * along, 0)).mean(axis=1)


def _profile(gray: Gray, y: float, slant: Floats, thick: int) -> Floats:
    """Return the mean brightness along the bars round row ``y``, float32 (W,)."""
    down = np.arange(thick, dtype=np.float32)[:, None] - (thick - 1) / 2
    x = np.arange(gray.shape[1], dtype=np.float32) + slant * down
    rows = np.broadcast_to(down + np.float32(y), x.shape).astype(np.float32)
    picture = cv2.remap(gray, x, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture.mean(axis=0, dtype=np.float32))


def _lines(profile: Floats) -> Gray:
    """Return a profile sharpened in several ways and in black and white, uint8 (N, W)."""
    sharp = np.array([_unblurred(profile, blur) for blur in BLURS])
    far, contrast = _middle(sharp, WINDOWS[-1])
    lines = []
    for window in WINDOWS:
        near, range_ = _middle(sharp, window)
        lines.append(sharp > np.where(range_ > FLAT * contrast, near, far))
    return np.repeat(np.concatenate(lines).astype(np.uint8) * 255, COPIES, axis=0)


def _unblurred(profile: Floats, blur: float) -> Floats:
    """Undo a Gaussian blur by a Wiener filter."""
    padded = np.pad(profile, PAD, mode="edge")
    passed = np.exp(-2 * (np.pi * blur * np.fft.rfftfreq(len(padded))) ** 2)
    undo = passed * (1 + NOISE) / (passed**2 + NOISE)
    return np.fft.irfft(np.fft.rfft(padded) * undo, len(padded))[PAD:-PAD].astype(np.float32)


def _middle(lines: Floats, window: int) -> tuple[Floats, Floats]:
    """Return the middle between the brightest and the darkest nearby, and how far these are apart."""
    near = np.ones((1, window), np.uint8)
    high, low = (cv2.blur(one(lines, near), (window, 1)) for one in (cv2.dilate, cv2.erode))
    return np.asarray((high + low) / 2, np.float32), np.asarray(high - low, np.float32)
