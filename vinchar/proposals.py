"""Where the VIN of a photo may be: frames round its lines of text, likely ones first, each kind looked for once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from itertools import zip_longest

from vinchar.locate import SIDE, Locator
from vinchar.rectify import Edges, frame_of_picture, frame_of_quad, frame_of_rows, turn_round
from vinchar.rows import pair_rows
from vinchar.textlines import find_textlines
from vinchar.types import Gray, Quad

TEXTLINES = 6  # lines of any text that are looked at, where what the locator found does not read surely
LOCATED = 10  # lines that the locator is asked for; all of them are paired as two rows
ROW_TEXTLINES, ROW_PAIRS = 24, 8  # lines of any text that are paired with these, and pairs looked at
# Pixels that the locator sees a photo with, at its longest, to find rows, and pairs of these looked at: where half a
# VIN fills the photo its glyphs are twice as large.
FARTHER, FAR_PAIRS = SIDE // 2, 4


class Proposals:
    """Lines of the photo ``gray`` that may be its VIN, found by a ``locator`` when they are asked for."""

    def __init__(self, gray: Gray, locator: Locator) -> None:
        self._gray, self._locator = gray, locator
        self._located: dict[int, list[Quad]] = {}

    def frames(self, candidates: int, side: int = SIDE) -> Iterator[Edges]:
        """Yield frames, float32 (2, 2, 2), round what may be the VIN: located lines, all of the photo, other text.

        ``candidates``: how many lines of the locator, ``LOCATED`` at most; it sees the photo with ``side`` pixels at
        its longest.
        """
        for edges in self._undirected(candidates, side):
            yield edges
            along = edges[:, 1] - edges[:, 0]
            if abs(float(along[:, 1].sum())) > abs(float(along[:, 0].sum())):
                yield turn_round(edges)  # a steep line may run up or down

    def frames_of_rows(self, side: int = SIDE) -> Iterator[Edges]:
        """Yield frames round what may be the two rows of a VIN, set one after the other."""
        if side == SIDE:
            yield from map(frame_of_rows, pair_rows(self._lines(FARTHER), FAR_PAIRS))
        in_turn = zip_longest(self._lines(side), self._texts[::2], self._texts[1::2])
        lines = [quad for quads in in_turn for quad in quads if quad is not None]
        yield from map(frame_of_rows, pair_rows(lines, ROW_PAIRS))

    def _undirected(self, candidates: int, side: int) -> Iterator[Edges]:
        yield from map(frame_of_quad, self._lines(side)[:candidates])
        if side == SIDE:
            if self._gray.shape[1] > 1.2 * self._gray.shape[0]:
                yield frame_of_picture(self._gray.shape)
            yield from map(frame_of_quad, self._texts[:TEXTLINES])

    def _lines(self, side: int) -> list[Quad]:
        if side not in self._located:
            self._located[side] = self._locator.lines(self._gray, LOCATED, side)
        return self._located[side]

    @cached_property
    def _texts(self) -> list[Quad]:
        return find_textlines(self._gray, ROW_TEXTLINES)
