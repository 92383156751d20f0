"""The search of a picture for its VIN: look after look, each read in one batch, until the decision is sure."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import partial

import cv2
import numpy as np

from vinchar.decide import EDGE, Decision, Found, Judge, Line
from vinchar.locate import Locator
from vinchar.looks import LOOKS, Look, Picture
from vinchar.recognise import Recogniser
from vinchar.rectify import STRIP_END, STRIP_START, Edges, cut_strip, move_ends, sample
from vinchar.straighten import Pass, Straightener
from vinchar.types import STRIP_WIDTH, Gray, Kind, Strip

DOUBT = 0.1  # both polarities are read if the likelier one is less probable than 1 minus this
AGAIN, WORTH = 2, -6.0  # lines of a look that are cut in other ways, too, and the least odds of being the VIN for it
WIDER = 40  # columns: so much farther glyphs are looked for that may go on beyond the end of a strip
GLANCE = ("all of it", "likeliest lines")  # looks of a glance
MOST_VINS = 64  # looked for in a picture that may show several

Lines = dict[Line, list[Pass]]  # what was read, and the rectifier's passes that led there
Track = tuple[list[Strip], Callable[[], list[Strip]]]  # a line's first strips, and what cuts it in all other ways


class Search:
    """Searches pictures with a ``locator``, a ``straightener``, a ``recogniser`` and a ``judge``, ``looks`` in turn."""

    def __init__(
        self,
        locator: Locator,
        straightener: Straightener,
        recogniser: Recogniser,
        judge: Judge,
        looks: Sequence[Look] = LOOKS,
    ) -> None:
        self._locator, self._straightener, self._recogniser, self._looks = locator, straightener, recogniser, looks
        self.judge = judge

    def read(self, gray: Gray, kind: Kind) -> Decision:
        """Return the decision over the lines of a picture."""
        return self._until_settled(gray, kind, self._looks)

    def _until_settled(self, gray: Gray, kind: Kind, looks: Sequence[Look]) -> Decision:
        decision = Decision()
        for _, decision in self.rounds(gray, kind, looks):
            if decision.is_settled:
                break
        return decision

    def glance(self, gray: Gray, kind: Kind, also: str | None = None) -> Decision:
        """Return the decision over what most looks like a VIN, in a fraction of the time that a search takes.

        ``also``: the name of another look that is tried, as it found the VIN a moment ago.
        """
        return self._until_settled(gray, kind, [look for look in self._looks if look.name in (*GLANCE, also)])

    def every(self, gray: Gray, kind: Kind, least: float) -> Iterator[Found]:
        """Yield the decision over a picture, and its VINs that are right with probability ``least`` or more.

        Those are covered, and what is left is looked at again, until there is no other: that is the last one yielded.
        """
        seen: set[str] = set()
        hidden, decision = gray.copy(), self.read(gray, kind)
        while True:
            found = [(line, chance) for line, chance in decision.each() if chance >= least and line.vin not in seen]
            yield decision, found
            for line, _ in found:
                seen.add(line.vin)
                _cover(line, hidden)
            if not found or len(seen) >= MOST_VINS:
                return
            decision = self.read(hidden, "photo")

    def rounds(self, gray: Gray, kind: Kind, looks: Sequence[Look] | None = None) -> Iterator[tuple[Look, Decision]]:
        """Yield the decision after every look at a picture; ``looks``: not all of them."""
        picture, lines = Picture(gray, kind, self._locator), Lines()
        decision = Decision()
        for look in self._looks if looks is None else looks:
            decision = self._look(picture, look.name, list(look.frames(picture, decision)), lines)
            yield look, decision

    def line(self, gray: Gray, frames: Sequence[Edges]) -> Decision:
        """Return the decision over the lines in some frames of a picture alone."""
        return self._look(Picture(gray, "strip", self._locator), "frames", frames, Lines())

    def views(self, gray: Gray, kind: Kind) -> Iterator[list[Track]]:
        """Yield, look by look, what may be cut along each line that is found: to see where a VIN got lost.

        Every line has the strips that are cut of it first, and a function that cuts it in all other ways.
        """
        picture, lines, decision = Picture(gray, kind, self._locator), Lines(), Decision()
        for look in self._looks:
            frames = list(look.frames(picture, decision))
            found = self._straightener.passes(gray, frames)
            yield [([s for s, _ in _strips(gray, passes)], partial(self._all_cuts, gray, passes)) for passes in found]
            decision = self._look(picture, look.name, frames, lines)  # later looks hang on what was read

    def _all_cuts(self, gray: Gray, passes: list[Pass]) -> list[Strip]:
        """Return the strips along a line as earlier passes and its halves have it, and wider, but not as it is."""
        halves = self._straightener.along_halves(gray, passes[-1])
        cuts = [(edges, line, wide) for edges, line in (*passes[::-1], *halves) for wide in (0, WIDER)][1:]
        wider = [(edges, move_ends(line, STRIP_START - wide, STRIP_END + wide)) for edges, line, wide in cuts]
        return [strip for one in wider for strip, _ in _strips(gray, [one])]

    def _look(self, picture: Picture, name: str, frames: Sequence[Edges], lines: Lines) -> Decision:
        """Read the lines in some frames, and the best of them in other ways too unless one is sure."""
        gray = picture.gray
        picture.unread += self._read(gray, self._straightener.passes(gray, frames), name, lines)
        decision = self.judge.decide(lines, picture.warmth)
        tried: set[Line] = set()
        while not (decision.is_ok and decision.lines[0].room >= EDGE):
            leaders = decision.leaders(1 if decision.is_settled else AGAIN).items()
            doubtful = {line: odds >= WORTH for line, odds in leaders if line.look == name and line not in tried}
            if not doubtful or len(tried) > AGAIN:
                break
            tried |= set(doubtful)
            others = [
                passes
                for line, worth in doubtful.items()
                for passes in self._other_views(gray, line, lines[line], worth)
            ]
            self._read(gray, others, name, lines)
            decision = self.judge.decide(lines, picture.warmth)
        return decision

    def _read(self, gray: Gray, found: Iterable[list[Pass]], look: str, lines: Lines) -> list[Edges]:
        """Read the strips along the last of each line's passes, in one batch; return those on which nothing stands."""
        cut = [(strip, passes) for passes in found for strip, passes in _strips(gray, passes)]
        readings = self._recogniser.read([strip for strip, _ in cut])
        for (_, passes), reading in zip(cut, readings, strict=True):
            if reading is not None:
                lines[self.judge.weigh(reading, look)] = passes
        return [strip.edges for (strip, _), reading in zip(cut, readings, strict=True) if reading is None]

    def _other_views(self, gray: Gray, line: Line, passes: list[Pass], worth: bool) -> Iterator[list[Pass]]:
        """Yield other ways to cut a line: wider where it may go on and, if it is ``worth`` it, by other passes."""
        edges, followed = passes[-1]
        first, last = _ends(line)
        if first != STRIP_START or last != STRIP_END:
            yield [(edges, move_ends(followed, first, last))]
        if not worth:
            return
        if len(passes) > 1:
            yield passes[:1]
        for one in self._straightener.finer(gray, passes[-1:]):
            yield [one]
        for one in passes:
            for half in self._straightener.along_halves(gray, one):
                yield [half]


def _strips(gray: Gray, passes: list[Pass]) -> Iterator[tuple[Strip, list[Pass]]]:
    """Yield the strip along the last of a line's passes, and of the other polarity if that is in doubt."""
    edges, line = passes[-1]
    light = line.light >= 0.5
    for one in (light, not light) if DOUBT < line.light < 1 - DOUBT else (light,):
        yield cut_strip(gray, edges, line, inverted=not one), passes


def _ends(line: Line) -> tuple[float, float]:
    """Return between which columns of its strip a line had better been cut: farther out where glyphs may go on."""
    first, last = float(line.boxes[0, 0]), float(line.boxes[-1, 2])
    if first >= EDGE and last <= STRIP_WIDTH - EDGE:
        return STRIP_START, STRIP_END
    return first if first >= EDGE else STRIP_START - WIDER, last if last <= STRIP_WIDTH - EDGE else STRIP_END + WIDER


def _cover(line: Line, gray: Gray) -> None:
    """Paint a line over with what is typical there."""
    edges = line.reading.strip.edges
    level = int(np.median(sample(gray, edges, *line.reading.strip.gray.shape)))
    cv2.fillPoly(gray, [np.rint(np.concatenate([edges[0], edges[1, ::-1]])).astype(np.int32)], level)
