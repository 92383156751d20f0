"""Networks played by hand, which see seventeen light blocks, for the tests of what asks networks."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.bundle import Confidence
from vinchar.looks import ROOM
from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, Line
from vinchar.structure.store import shipped
from vinchar.types import Quad
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"
# What is known of VINs, but that whatever is read is so much like one that lines rank by their paths alone.
KNOWN = SimpleNamespace(structure=shipped().structure, likeness=lambda vin, as_vin=None: 10.0)


def blocks(height: int = 40, width: int = 400, left: int = 30, marked: bool = False) -> NDArray[np.uint8]:
    """A strip of seventeen light blocks on dark, where a rectified VIN has its glyphs; a mark at the upper left."""
    gray = np.full((height, width), 20, np.uint8)
    if marked:
        gray[3:8, 7:15] = 220
    for i in range(17):
        gray[height // 2 - 13 : height // 2 + 13, left + 20 * i + 3 : left + 20 * i + 17] = 220
    return gray


def is_marked(strips: NDArray[np.uint8]) -> NDArray[np.bool_]:
    """Tell which strips, uint8 (..., 40, 400), have the mark of ``blocks`` where it belongs."""
    return np.asarray(strips[..., 4:7, 8:14].mean((-2, -1)) > 128)


def photo_of(*rows: int, marked: tuple[int, ...] = (), shape: tuple[int, int] = (600, 600)) -> NDArray[np.uint8]:
    """A photo with lines of ``blocks`` from column 100 on, in the middle of rows."""
    photo = np.full(shape, 20, np.uint8)
    for y in rows:
        photo[y - 20 : y + 20, 100:500] = blocks(marked=y in marked)
    return photo


def lines_at(*rows: int) -> list[Quad]:
    """What a locator says of the lines of ``photo_of``."""
    return [Quad(np.array([[100, y - 20], [500, y - 20], [500, y + 20], [100, y + 20]], np.float32)) for y in rows]


def confidence(log_odds: float) -> Confidence:
    """Path and likeness alone say what is a VIN; that one is read right has the given log odds."""
    return Confidence(
        (10.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0),
        (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, log_odds),
        threshold=0.9,
        glyph_threshold=0.9,
        glyph_least=0.5,
        settled=0.9,
    )


def level(start: float, end: float, height: float, light: float, centre: float = 0.5) -> Line:
    """A level line in a frame, as the rectifier finds it."""
    flat = np.zeros(2)
    return Line(start, end, np.array([0.0, 0.0, centre]), np.array([0.0, height]), flat, light)


class FakeRectifier:
    """Finds the line of ``blocks`` in the whole picture or, with ``only_in``, in frames of that width."""

    def __init__(self, light: float = 1.0, only_in: float | None = None, blind: bool = False) -> None:
        self.light, self.only_in, self.blind = light, only_in, blind
        self.frames: list[NDArray[np.float32]] = []

    def lines(self, gray: NDArray[np.uint8], frames: Sequence[NDArray[np.float32]]) -> list[Line | None]:
        self.frames += frames
        return [self.line(edges) for edges in frames]

    def line(self, edges: NDArray[np.float32]) -> Line | None:
        long = float(np.linalg.norm(edges[0, -1] - edges[0, 0]))
        if edges.shape[1] == 401 and long == pytest.approx(400, abs=2):  # a strip, looked at upside down
            return level(30 / 400, 370 / 400, 26 / 40 / ROOM, self.light)
        if edges.shape[1] > 2:  # what an earlier pass has bent
            return level((1 - FINE_LENGTH) / 2, (1 + FINE_LENGTH) / 2, FINE_GLYPH, self.light)
        wide = float(edges[0, 1, 0] - edges[0, 0, 0])
        if self.blind or (self.only_in is not None and abs(wide - self.only_in) > 1):
            return None
        return level(30 / 400, 370 / 400, 26 / 40, self.light)


class FakeClassifier:
    """Reads ``vin`` where a strip has its seventeen glyphs, and ``marked_vin``, if given, in strips with a mark.

    With ``particular`` it hardly tells the characters apart in strips without one, such as those turned. It knows a
    single glyph by how much of its picture is ink.
    """

    def __init__(self, vin: str = VIN, marked_vin: str | None = None, particular: bool = False) -> None:
        self.vin, self.marked_vin, self.particular = vin, marked_vin or vin, particular
        self.strips: list[NDArray[np.uint8]] = []

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        self.strips += list(strips)
        out = np.full((len(strips), strips.shape[2] // 2, 34), -8, np.float32)
        out[:, :, 33] = 8
        marked = is_marked(strips)
        for one, has_mark in zip(out, marked, strict=True):
            for place, char in enumerate(self.marked_vin if has_mark else self.vin):
                around = slice(18 + 10 * place, 22 + 10 * place)  # answers round column 40 + 20 * place
                one[around, 33] = -8
                one[around, ALPHABET.index(char)] = 8
        if self.particular:
            out[~marked, :, :33] *= 0.15
        return out

    def glyphs(self, pictures: list[NDArray[np.uint8]]) -> NDArray[np.float32]:
        chances = np.full((len(pictures), 33), 1e-4, np.float32)
        for row, picture in zip(chances, pictures, strict=True):
            row[ALPHABET.index("8" if (picture > 128).mean() > 0.25 else "1")] = 0.99
        return np.log(chances)


class FakeLocator:
    """Sees the lines that ``see`` gives for how closely it looks; is nowhere surer of glyphs than elsewhere."""

    def __init__(self, see: Callable[[int], list[Quad]] = lambda side: []) -> None:
        self.see = see

    def look(self, gray: NDArray[np.uint8], side: int) -> Any:
        return SimpleNamespace(lines=lambda limit: self.see(side)[:limit], warmth=lambda centres: -1.0)
