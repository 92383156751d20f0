"""Dot-matrix faces: 5 by 7 bitmaps as printers have them, 7 by 9 ones taken from the stroke skeletons."""

from __future__ import annotations

from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.strokes import CAP_HEIGHT, StrokeFace, Style
from vinchar.types import Gray

SCALE = 4
# Seven rows of five bits, top row first, leftmost dot in the highest bit.
BITMAPS = {
    char: tuple(int(row, 16) for row in rows.split())
    for char, rows in {
        "0": "0e 11 13 15 19 11 0e", "1": "04 0c 04 04 04 04 0e", "2": "0e 11 01 02 04 08 1f",
        "3": "1f 02 04 02 01 11 0e", "4": "02 06 0a 12 1f 02 02", "5": "1f 10 1e 01 01 11 0e",
        "6": "06 08 10 1e 11 11 0e", "7": "1f 01 02 04 08 08 08", "8": "0e 11 11 0e 11 11 0e",
        "9": "0e 11 11 0f 01 02 0c", "A": "0e 11 11 1f 11 11 11", "B": "1e 11 11 1e 11 11 1e",
        "C": "0e 11 10 10 10 11 0e", "D": "1e 11 11 11 11 11 1e", "E": "1f 10 10 1e 10 10 1f",
        "F": "1f 10 10 1e 10 10 10", "G": "0e 11 10 17 11 11 0f", "H": "11 11 11 1f 11 11 11",
        "J": "07 02 02 02 02 12 0c", "K": "11 12 14 18 14 12 11", "L": "10 10 10 10 10 10 1f",
        "M": "11 1b 15 15 11 11 11", "N": "11 11 19 15 13 11 11", "P": "1e 11 11 1e 10 10 10",
        "R": "1e 11 11 1e 14 12 11", "S": "0f 10 10 0e 01 01 1e", "T": "1f 04 04 04 04 04 04",
        "U": "11 11 11 11 11 11 0e", "V": "11 11 11 11 11 0a 04", "W": "11 11 11 15 15 15 0a",
        "X": "11 11 0a 04 0a 11 11", "Y": "11 11 11 0a 04 04 04", "Z": "1f 01 02 04 08 10 1f",
        "I": "0e 04 04 04 04 04 0e", "O": "0e 11 11 11 11 11 0e", "Q": "0e 11 11 11 15 12 0d",
        "*": "00 04 15 0e 15 04 00", "#": "0a 0a 1f 0a 1f 0a 0a", "-": "00 00 00 1f 00 00 00",
        "/": "00 01 02 04 08 10 00", "<": "02 04 08 10 08 04 02", ">": "08 04 02 01 02 04 08",
        "[": "0e 08 08 08 08 08 0e", "]": "0e 02 02 02 02 02 0e",
    }.items()
}  # fmt: skip
PLAIN_ZERO = BITMAPS["O"]


def _rows_5x7(char: str, plain_zero: bool) -> NDArray[np.bool_]:
    rows = PLAIN_ZERO if char == "0" and plain_zero else BITMAPS[char]
    return np.array([[row >> (4 - x) & 1 for x in range(5)] for row in rows], bool)


def _rows_7x9(char: str, source: StrokeFace) -> NDArray[np.bool_]:
    """Rasterise the skeleton of ``char`` on a grid of 9 rows and up to 7 columns."""
    columns = 3 if char in "I1" else 7
    page = np.zeros((9, columns), np.uint8)
    for stroke in source.strokes(char, CAP_HEIGHT):
        points = np.round(stroke.points / CAP_HEIGHT * (columns - 1, 8)).astype(np.int32)
        cv2.polylines(page, [points], False, 1)
    return page.astype(bool)


@dataclass(frozen=True, eq=False)
class DotFace:
    """Glyphs of separate dots on a grid; every glyph of a face advances alike.

    ``rows`` 7 or 9; ``pitch``: spacing of columns over that of rows; ``size``: diameter over spacing; ``square``: the
    dots are; ``jitter``: standard deviation of the dots' places over spacing, drawn from ``seed`` (a letter's dots lie
    alike throughout a strip); ``plain_zero``: 5 by 7 has no slash in its 0; ``source`` gives 7 by 9 its skeletons.
    """

    rows: int
    pitch: float
    size: float
    square: bool
    jitter: float
    plain_zero: bool
    seed: int
    source: StrokeFace
    _glyphs: dict[str, tuple[Gray, float]] = field(default_factory=dict, repr=False)

    @property
    def name(self) -> str:
        """Return the kind of matrix."""
        return "dots-5x7" if self.rows == 7 else "dots-7x9"

    @property
    def _step(self) -> float:
        return CAP_HEIGHT / (self.rows - 1 + self.size)

    def glyph(self, char: str) -> Gray:
        """Return the coverage of ``char``, uint8 (CAP_HEIGHT, width), tight from left to right."""
        return self._drawn(char)[0]

    def bearing(self, char: str) -> float:
        """Return how far right of the pen the mask of ``char`` begins, in pixels."""
        return self._drawn(char)[1]

    def advance(self, char: str) -> float:
        """Return how far any glyph moves the pen, in pixels: its columns and one or two empty ones."""
        return (6.2 if self.rows == 7 else 8.5) * self._step * self.pitch

    def _drawn(self, char: str) -> tuple[Gray, float]:
        if char not in self._glyphs:
            self._glyphs[char] = self._draw(char)
        return self._glyphs[char]

    def _draw(self, char: str) -> tuple[Gray, float]:
        if char not in BITMAPS:  # stars and rings are engraved whole
            return self.source.glyph(char), self.source.bearing(char)
        dots = _rows_5x7(char, self.plain_zero) if self.rows == 7 else _rows_7x9(char, self.source)
        rng = np.random.default_rng((self.seed, ord(char)))
        margin = CAP_HEIGHT // 2
        width = self.advance(char)
        canvas = np.zeros((SCALE * CAP_HEIGHT, SCALE * (int(width) + 2 * margin)), np.uint8)
        radius = SCALE * self._step * self.size / 2
        spread = SCALE * self._step * self.jitter
        free = width - (dots.shape[1] - 1) * self._step * self.pitch
        places = np.argwhere(dots)[:, ::-1] * (self.pitch, 1.0) * self._step * SCALE
        places += np.array([SCALE * (margin + free / 2), radius]) + rng.normal(0, spread, places.shape)
        for x, y in places.tolist():
            if self.square:
                corner, opposite = (round(x - radius), round(y - radius)), (round(x + radius), round(y + radius))
                cv2.rectangle(canvas, corner, opposite, 255, -1)
            else:
                cv2.circle(canvas, (round(x * 16), round(y * 16)), round(radius * 16), 255, -1, shift=4)
        mask = cv2.resize(canvas, (canvas.shape[1] // SCALE, CAP_HEIGHT), interpolation=cv2.INTER_AREA)
        inked = np.flatnonzero(mask.max(axis=0) > 8)
        tight = np.array(mask[:, inked[0] : inked[-1] + 1], np.uint8)
        tight.setflags(write=False)
        return tight, float(inked[0] - margin)


def dot_face(rng: np.random.Generator) -> DotFace:
    """Return a dot-matrix face, 5 by 7 (twice as often) or 7 by 9, with every property drawn from ``rng``."""
    # Of 6, 9 and G the forms that stay open on so coarse a grid.
    forms = {"6": 1, "9": 1, "G": 3, "0": int(rng.integers(3)), "1": int(rng.integers(3)), "3": int(rng.integers(2))}
    return DotFace(
        rows=7 if rng.random() < 0.67 else 9,
        pitch=float(rng.uniform(0.75, 1.15)),
        size=float(rng.uniform(0.55, 1.25)),
        square=bool(rng.random() < 0.3),
        jitter=float(rng.uniform(0.0, 0.08)),
        plain_zero=bool(rng.random() < 0.5),
        seed=int(rng.integers(2**31)),
        source=StrokeFace(Style(pen=0.1, roundness=0.45, forms=forms)),
    )
