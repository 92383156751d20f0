"""Where a VIN may stand: one table of looks at a picture, each a kind of frames, in the order in which they are tried.

Reading, the search for causes of wrong readings and the drawings of the documents all walk this table.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import zip_longest

import numpy as np
from numpy.typing import NDArray

from vinchar.decide import TWO_ROWS, UPSIDE_DOWN, Decision
from vinchar.locate import CLOSER, SIDE, Heat, Locator
from vinchar.rectify import Edges, frame_of_picture, frame_of_quad, frame_of_rows, taller, turn_round
from vinchar.rows import halves, is_high, pair_rows
from vinchar.textlines import find_textlines
from vinchar.types import Gray, Kind, Quad

LOCATED, TEXTLINES = 8, 6  # lines of the locator, and other lines of text, that are looked at
RIVAL = 0.5  # how much less like a VIN, in the locator's score, a line may look that is looked at beside the likeliest
ROW_TEXTLINES, ROW_PAIRS = 24, 8  # other lines of text that may be rows of a VIN, and pairs of rows looked at
SPLIT = 2  # located lines that may hold both rows
# Pixels that the locator sees a photo with, at its longest, where a VIN fills it, or half a VIN, one row of it, whose
# glyphs are then twice as large; and lines, and pairs of such rows, looked at.
FARTHER, FAR_LINES, FAR_PAIRS = SIDE // 2, 4, 4
WIDE = 1.2  # a photo so much wider than high may be a line as a whole
TURNED, ROOM = 4, 1.3  # lines that are also tried upside down, and height of a frame round them, in that of the strip


class Picture:
    """A picture ``gray``, and what was found in it so far, each kind once and only when it is asked for."""

    def __init__(self, gray: Gray, kind: Kind, locator: Locator) -> None:
        self.gray, self.kind, self._locator = gray, kind, locator
        self.unread: list[Edges] = []  # the strips on which no line was seen
        self._heats: dict[int, Heat] = {}
        self._located: dict[int, list[Quad]] = {}

    def located(self, side: int = SIDE) -> list[Quad]:
        """Return the locator's lines, likeliest first; it sees the photo with ``side`` pixels at its longest."""
        if side not in self._located:
            self._heats[side] = self._locator.look(self.gray, side)
            self._located[side] = self._heats[side].lines(LOCATED)
        return self._located[side]

    @cached_property
    def texts(self) -> list[Quad]:
        """Return lines of any text, those that look most like a VIN first."""
        return find_textlines(self.gray, ROW_TEXTLINES)

    def warmth(self, centres: NDArray[np.float32]) -> float:
        """Return how sure the locator is of glyphs at ``centres``, as ``Heat.warmth``, in the look that is surest."""
        return max((heat.warmth(centres) for heat in self._heats.values()), default=0.0)


def _whole(picture: Picture, _: Decision) -> Iterator[Edges]:
    if picture.kind == "strip":
        yield frame_of_picture(picture.gray.shape)


def _likeliest(picture: Picture, _: Decision) -> Iterator[Edges]:
    lines = picture.located()
    yield from _either_way(quad for quad in lines if quad.score >= lines[0].score - RIVAL)


def _less_likely(picture: Picture, _: Decision) -> Iterator[Edges]:
    lines = picture.located()
    yield from _either_way(quad for quad in lines if quad.score < lines[0].score - RIVAL)
    if picture.kind == "photo" and picture.gray.shape[1] > WIDE * picture.gray.shape[0]:
        yield frame_of_picture(picture.gray.shape)


def _farther(picture: Picture, _: Decision) -> Iterator[Edges]:
    yield from _either_way(picture.located(FARTHER)[:FAR_LINES])


def _texts(picture: Picture, _: Decision) -> Iterator[Edges]:
    yield from _either_way(picture.texts[:TEXTLINES])


def _upside_down(picture: Picture, decision: Decision) -> Iterator[Edges]:
    strips = [line.reading.strip.edges for line in decision.leaders(TURNED)]
    for edges in [*strips, *picture.unread][:TURNED]:
        yield taller(turn_round(edges), ROOM)


def _two_rows(picture: Picture, _: Decision) -> Iterator[Edges]:
    for quad in (*picture.located()[:SPLIT], *picture.located(FARTHER)[:SPLIT]):
        if is_high(quad):
            yield frame_of_rows(halves(quad))
    yield from map(frame_of_rows, pair_rows(picture.located(FARTHER), FAR_PAIRS))
    in_turn = zip_longest(picture.located(), picture.texts[::2], picture.texts[1::2])
    lines = [quad for quads in in_turn for quad in quads if quad is not None]
    yield from map(frame_of_rows, pair_rows(lines, ROW_PAIRS))


def _closer(picture: Picture, _: Decision) -> Iterator[Edges]:
    if max(picture.gray.shape) > CLOSER:  # else it would be enlarged, and show nothing new
        yield from _either_way(picture.located(CLOSER))


@dataclass(frozen=True, slots=True)
class Look:
    """One kind of frames, float32 (2, N, 2) each, likely ones first, that may hold the VIN of a picture.

    ``frames`` gets the picture and what was decided so far.
    """

    name: str
    frames: Callable[[Picture, Decision], Iterator[Edges]]


LOOKS = (
    Look("all of it", _whole),
    Look("likeliest lines", _likeliest),
    Look("other located lines", _less_likely),
    Look("from farther", _farther),
    Look("other text", _texts),
    Look(UPSIDE_DOWN, _upside_down),
    Look(TWO_ROWS, _two_rows),
    Look("from closer", _closer),
)


def _either_way(quads: Iterator[Quad] | list[Quad]) -> Iterator[Edges]:
    """Yield the frame of each line, and of a steep one, which may run up or down, that of the other way round."""
    for edges in map(frame_of_quad, quads):
        yield edges
        if _is_steep(edges):
            yield turn_round(edges)


def _is_steep(edges: Edges) -> bool:
    along = np.abs((edges[:, 1] - edges[:, 0]).sum(0))
    return bool(along[1] > along[0])
