"""Pass after pass of the rectifier along lines, each on a frame that the one before made straighter."""

from __future__ import annotations

from collections.abc import Sequence

from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, LINE_WIDTH, Edges, Line, Rectifier, bend, fit_halves
from vinchar.types import Gray

Pass = tuple[Edges, Line]  # a frame, and the line found in it


class Straightener:
    """Follows lines from rough frames by a ``rectifier``; all frames share the net's passes."""

    def __init__(self, rectifier: Rectifier) -> None:
        self._rectifier = rectifier

    def passes(self, gray: Gray, frames: Sequence[Edges]) -> list[list[Pass]]:
        """Return, for every frame with a line in it, the first and the second rectifying pass."""
        coarse = self._found(gray, frames)
        finer = self._again(gray, coarse)
        return [[one] if two is None else [one, two] for one, two in zip(coarse, finer, strict=True)]

    def finer(self, gray: Gray, passes: Sequence[Pass]) -> list[Pass]:
        """Return one pass more along each line that is found again."""
        return [one for one in self._again(gray, passes) if one is not None]

    def along_halves(self, gray: Gray, one: Pass) -> list[Pass]:
        """Return the lines that the halves of a line lead to."""
        return self.finer(gray, [(one[0], half) for half in fit_halves(one[1])])

    def _found(self, gray: Gray, frames: Sequence[Edges]) -> list[Pass]:
        lines = self._rectifier.lines(gray, frames) if frames else []
        return [(edges, line) for edges, line in zip(frames, lines, strict=True) if line is not None]

    def _again(self, gray: Gray, passes: Sequence[Pass]) -> list[Pass | None]:
        frames = [bend(*one, FINE_LENGTH, FINE_GLYPH, max(LINE_WIDTH // 4, one[0].shape[1] - 1)) for one in passes]
        lines = self._rectifier.lines(gray, frames) if frames else []
        return [None if line is None else (edges, line) for edges, line in zip(frames, lines, strict=True)]
