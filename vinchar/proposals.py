"""Where the VIN of a photo may be: frames round its lines of text, likely ones first, each kind looked for once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import chain, islice, zip_longest

import numpy as np
from numpy.typing import NDArray

from vinchar.locate import SIDE, Heat, Locator
from vinchar.rectify import Edges, frame_of_picture, frame_of_quad, frame_of_rows, turn_round
from vinchar.rows import pair_rows
from vinchar.textlines import find_textlines
from vinchar.types import Gray, Quad

TEXTLINES = 6  # lines of any text that are looked at, where what the locator found does not read surely
LOCATED = 10  # lines that the locator is asked for; all of them are paired as two rows
ROW_TEXTLINES, ROW_PAIRS = 24, 8  # lines of any text that are paired with these, and pairs looked at
# Pixels that the locator sees a photo with, at its longest, where a VIN fills it, or half a VIN, one row of it, whose
# glyphs are then twice as large; and pairs of such rows looked at.
FARTHER, FAR_PAIRS = SIDE // 2, 4
WIDE = 1.2  # a photo so much wider than high may be a line as a whole
TURNED = 10  # lines of a photo in which nothing reads well that are also tried upside down


class Proposals:
    """Lines of the photo ``gray`` that may be its VIN, found by a ``locator`` when they are asked for.

    ``whole``: all of a wide photo may itself be a line, the right way up too.
    """

    def __init__(self, gray: Gray, locator: Locator, whole: bool = True) -> None:
        self._gray, self._locator = gray, locator
        self._whole = whole
        self._looks: dict[int, tuple[Heat, list[Quad]]] = {}

    def likely(self, candidates: int, side: int = SIDE) -> Iterator[Edges]:
        """Yield frames, float32 (2, 2, 2), of what may be the VIN: round located lines, and all of a wide photo.

        ``candidates``: how many lines of the locator, ``LOCATED`` at most; it sees the photo with ``side`` pixels at
        its longest.
        """
        for edges in self._likely(candidates, side, self._whole):
            yield edges
            if _is_steep(edges):
                yield turn_round(edges)  # it may run up or down

    def texts(self) -> Iterator[Edges]:
        """Yield frames round other lines of text, which takes longer to find than to read some likely ones."""
        for edges in map(frame_of_quad, self._texts[:TEXTLINES]):
            yield edges
            if _is_steep(edges):
                yield turn_round(edges)

    def upside_down(self, candidates: int, side: int = SIDE) -> Iterator[Edges]:
        """Yield the first of the likely and, at the usual ``side``, of the other lines, upside down."""
        texts = map(frame_of_quad, self._texts[:TEXTLINES] if side == SIDE else [])
        level = (edges for edges in chain(self._likely(candidates, side, whole=True), texts) if not _is_steep(edges))
        yield from map(turn_round, islice(level, TURNED))

    def frames_of_rows(self, side: int = SIDE) -> Iterator[Edges]:
        """Yield frames round what may be the two rows of a VIN, set one after the other."""
        if side == SIDE:
            yield from map(frame_of_rows, pair_rows(self._lines(FARTHER), FAR_PAIRS))
        in_turn = zip_longest(self._lines(side), self._texts[::2], self._texts[1::2])
        lines = [quad for quads in in_turn for quad in quads if quad is not None]
        yield from map(frame_of_rows, pair_rows(lines, ROW_PAIRS))

    def warmth(self, centres: NDArray[np.float32]) -> float:
        """Return how sure the locator is of glyphs at ``centres``, as ``Heat.warmth``, in the look that is surest."""
        return max((look.warmth(centres) for look, _ in self._looks.values()), default=0.0)

    def _likely(self, candidates: int, side: int, whole: bool) -> Iterator[Edges]:
        yield from map(frame_of_quad, self._lines(side)[:candidates])
        if whole and side == SIDE and self._gray.shape[1] > WIDE * self._gray.shape[0]:
            yield frame_of_picture(self._gray.shape)

    def _lines(self, side: int) -> list[Quad]:
        if side not in self._looks:
            look = self._locator.look(self._gray, side)
            self._looks[side] = look, look.lines(LOCATED)
        return self._looks[side][1]

    @cached_property
    def _texts(self) -> list[Quad]:
        return find_textlines(self._gray, ROW_TEXTLINES)


def _is_steep(edges: Edges) -> bool:
    along = np.abs((edges[:, 1] - edges[:, 0]).sum(0))
    return bool(along[1] > along[0])
