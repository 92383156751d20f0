"""Pass after pass of the rectifier along a line, each on a frame that the one before made straighter."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice

from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, LINE_WIDTH, Edges, Line, Rectifier, bend, fit_halves
from vinchar.types import Gray

BATCH = 4  # frames that go through the rectifier together
Pass = tuple[Edges, Line]  # a frame, and the line found in it


class Straightener:
    """Follows lines from rough frames by a ``rectifier``."""

    def __init__(self, rectifier: Rectifier) -> None:
        self._rectifier = rectifier

    def passes(self, gray: Gray, frames: Iterable[Edges]) -> Iterator[list[Pass]]:
        """Yield, for every frame with a line in it, the first and the second rectifying pass.

        The first frame goes alone: it is the right one more often than not. The others share the net's passes.
        """
        waiting, count = iter(frames), 1
        while part := list(islice(waiting, count)):
            coarse = self._rectifier.lines(gray, part)
            first = [(edges, line) for edges, line in zip(part, coarse, strict=True) if line is not None]
            finer = [_finer_frame(one) for one in first]
            lines = self._rectifier.lines(gray, finer) if finer else []
            for one, edges, line in zip(first, finer, lines, strict=True):
                yield [one] if line is None else [one, (edges, line)]
            count = BATCH

    def along_halves(self, gray: Gray, one: Pass) -> Iterator[Pass]:
        """Yield the lines that the halves of a line lead to."""
        for half in fit_halves(one[1]):
            yield from self.finer(gray, (one[0], half))

    def finer(self, gray: Gray, one: Pass) -> Iterator[Pass]:
        """Yield one pass more along a line, if the line is found again."""
        edges = _finer_frame(one)
        line = self._rectifier.lines(gray, [edges])[0]
        if line is not None:
            yield edges, line


def _finer_frame(one: Pass) -> Edges:
    return bend(*one, FINE_LENGTH, FINE_GLYPH, max(LINE_WIDTH // 4, one[0].shape[1] - 1))
