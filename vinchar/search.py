"""The search of a picture for its VIN: which lines are looked at, in which order, again, and when it ends."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from functools import partial
from itertools import product

import numpy as np
from numpy.typing import NDArray

from vinchar.found import WIDER, Found
from vinchar.line_reader import LineReader, polarities
from vinchar.locate import CLOSER, SIDE, Locator
from vinchar.proposals import FARTHER, Proposals
from vinchar.rectify import STRIP_END, STRIP_START, Edges, cut_strip, frame_of_picture, move_ends, taller
from vinchar.straighten import Pass, Straightener
from vinchar.types import Gray, Kind, Strip

CANDIDATES, STRIP_CANDIDATES = 8, 4  # lines looked at in a photo, and in a strip that does not read as one
# From closer by a photo of at most so many pixels shows nothing new, only the locator sees more of small glyphs: so
# many of its lines are looked at then, the right way up.
SMALL, CLOSER_CANDIDATES = 900, 4
FARTHER_CANDIDATES = 4  # lines looked at of those that the locator sees from farther away: of VINs that fill the photo
# From this rank on a line is a VIN's, however sure its reading is: no other line is looked at, it does not stand on its
# head, and a strip is not looked at as a photo. By the fitted confidence 0.997 of lines at it are VINs.
SEEN = 0.0
# Lines that read worse are told apart by the locator too, which counts so many times: of 544 boxed photos the line
# settled on is that in the box in 0.963 without it, and in 0.971 to 0.976 with anything from 3 to 15.
WARM = 8.0
TURNED = 4.0  # nats: so much rarer are lines upside down
POOR = 0.3  # a reading at least so sure is a VIN, wherever it ranks; another one beside it has to rank too
DOUBT, WIDE_DOUBT = 0.2, 0.04  # polarity: both ways if the likelier one is less probable than 1 minus this
BEHIND = 12.0  # nats that a second line may stand behind to be looked at again, too, if no reading is sure
HOPELESS = -30.0  # nats: the halves of lines that rank above it, and below SEEN, are followed
ROOM = 1.3  # height of a frame round a strip, in that of the strip

Standing = Callable[[Found], float]  # what lines of one picture are compared by, in nats


def _rank(found: Found) -> float:
    return found.rank


class Search:
    """Searches pictures with a ``locator``, a ``straightener`` and a reader of ``lines``.

    ``threshold``: the probability from which on a reading is ok, and nothing more is looked at.
    """

    def __init__(self, locator: Locator, straightener: Straightener, lines: LineReader, threshold: float) -> None:
        self._locator, self._straightener, self.lines = locator, straightener, lines
        self._threshold = threshold

    def strip(self, gray: Gray) -> Found | None:
        """Return the best reading of a picture of one line, or of a photo of that shape; None if it shows no line."""
        best = self.find(gray, [frame_of_picture(gray.shape)])
        if best is not None and (best.probability >= POOR or best.rank >= SEEN):
            return self._right_way_up(gray, best)
        return self._in_photo(gray, Proposals(gray, self._locator, whole=False), STRIP_CANDIDATES, best)

    def photo(self, gray: Gray) -> Found | None:
        """Return the best reading of a line of a photo, None if it shows no line."""
        return self._in_photo(gray, Proposals(gray, self._locator), CANDIDATES)

    def tried(self, gray: Gray) -> list[Found]:
        """Return the lines of a photo that were read to find its VIN: the one settled on, then the likeliest first."""
        tried: list[Found] = []
        proposals = Proposals(gray, self._locator)
        best = self._in_photo(gray, proposals, CANDIDATES, log=tried)
        tried.sort(key=partial(_standing, proposals), reverse=True)
        return ([] if best is None else [best]) + tried

    def find(
        self, gray: Gray, *frames: Iterable[Edges], standing: Standing = _rank, log: list[Found] | None = None
    ) -> Found | None:
        """Return the best reading of the line in any of the frames, None if there is no line in any.

        The frames come in order of likelihood, some of them harder to find in an iterable of their own, and the first
        reading that ranks as a VIN's ends the search. Unless it is sure, the line that stands best and the one that
        ranks best, or stands second, are looked at again: after one rectifying pass more and one less, in the other
        polarity where that is in doubt, and along the lines that halves of them lead to. ``standing``: what readings
        are compared by, their rank alone by default. ``log`` takes up every first reading.
        """
        tried: list[tuple[float, Found, list[Pass]]] = []
        for some in frames:
            for passes in self._straightener.passes(gray, some):
                read: list[Found] = []  # in either polarity
                for found in self.lines.read(gray, *passes[-1], DOUBT):
                    read.append(found)
                    if log is not None:
                        log.append(found)
                    if self._is_ok(found):
                        return found
                if read:
                    better = max(read, key=_rank)
                    tried.append((standing(better), better, passes))
                    if better.rank >= SEEN:
                        break
            if any(stands >= SEEN for stands, *_ in tried):
                break
        tried.sort(key=lambda one: one[0], reverse=True)
        if not tried:
            return None
        stands, best, _ = tried[0]
        ranked = max(tried, key=lambda one: one[1].rank)
        others = [ranked] if ranked is not tried[0] else [one for one in tried[1:2] if one[0] > stands - BEHIND]
        for _, found, passes in (tried[0], *others):
            for again in self._other_views(gray, passes, halved=HOPELESS < found.rank < SEEN):
                if (now := standing(again)) > stands:
                    stands, best = now, again
                    if self._is_ok(best):
                        return best
        return best

    def views(self, gray: Gray, kind: Kind) -> Iterator[tuple[Strip, NDArray[np.float32]]]:
        """Yield every strip that may be cut from a picture, with the classifier's logits: to see where a VIN got lost.

        Stops at no good reading, so it takes several times as long as a search.
        """
        for passes in self._straightener.passes(gray, self._all_frames(gray, kind)):
            halves = self._straightener.along_halves(gray, passes[-1])
            for edges, line in (*passes, *halves):
                wider = move_ends(line, STRIP_START - WIDER, STRIP_END + WIDER)
                for one, light in product((line, wider), polarities(line, DOUBT)):
                    strip = cut_strip(gray, edges, one, inverted=not light)
                    yield strip, self.lines.classifier.logits(strip.gray[None])[0]

    def _in_photo(
        self,
        gray: Gray,
        proposals: Proposals,
        candidates: int,
        best: Found | None = None,
        log: list[Found] | None = None,
    ) -> Found | None:
        """Find the VIN among the ``proposals``; ``best``: a reading from before, to which it is compared.

        Where nothing reads well, also in those seen upside down, then in pairs of lines as the rows of one VIN, and
        then in those seen from closer by.
        """
        standing = partial(_standing, proposals)
        for side, count, thorough in _looks(gray, candidates):
            others = (proposals.likely(FARTHER_CANDIDATES, FARTHER), proposals.texts()) if side == SIDE else ()
            looks: list[tuple[Iterable[Edges], ...]] = [(proposals.likely(count, side), *others)]
            if thorough:
                looks.append((proposals.upside_down(candidates, side),))
            for frames in looks:
                found = self.find(gray, *frames, standing=standing, log=log)
                best = max((one for one in (best, found) if one is not None), key=standing, default=None)
                if best is not None and (best.probability >= POOR or best.rank >= SEEN):
                    return self._right_way_up(gray, best)
            rows = self.find(gray, proposals.frames_of_rows(side), standing=standing) if thorough else None
            if rows is not None and self._are_rows(rows):
                return rows
        return best

    def _is_ok(self, found: Found) -> bool:
        """Tell whether a reading is sure enough to be called ok: it needs no further view."""
        return found.probability >= self._threshold

    def _are_rows(self, found: Found) -> bool:
        """Tell whether two rows are a VIN: words join to much, so they have to rank as one, too."""
        return found.probability >= POOR and found.rank >= SEEN

    def _right_way_up(self, gray: Gray, found: Found) -> Found:
        """Return a reading, or if it is in doubt that of the same line upside down, where this is the better one."""
        if self._is_ok(found) or found.rank >= SEEN:
            return found
        turned = self.lines.read_turned(found)
        if turned is None or turned.rank - TURNED <= found.rank:
            return found
        again = self.find(gray, [taller(turned.strip.edges, ROOM)])
        return turned if again is None or again.rank < turned.rank else again

    def _all_frames(self, gray: Gray, kind: Kind) -> Iterator[Edges]:
        """Yield every frame that may be looked at for the VIN of a picture."""
        if kind != "photo":
            yield frame_of_picture(gray.shape)
        proposals = Proposals(gray, self._locator, kind == "photo")
        candidates = CANDIDATES if kind == "photo" else STRIP_CANDIDATES
        for side, count, thorough in _looks(gray, candidates):
            yield from proposals.likely(count, side)
            if side == SIDE:
                yield from proposals.likely(FARTHER_CANDIDATES, FARTHER)
                yield from proposals.texts()
            if thorough:
                yield from proposals.upside_down(candidates, side)
                yield from proposals.frames_of_rows(side)

    def _other_views(self, gray: Gray, passes: list[Pass], halved: bool) -> Iterator[Found]:
        for finer in self._straightener.finer(gray, passes[-1]):
            yield from self.lines.read(gray, *finer, WIDE_DOUBT)
        if len(passes) > 1:
            yield from self.lines.read(gray, *passes[0], DOUBT)
        for one in passes if halved else ():
            for half in self._straightener.along_halves(gray, one):
                yield from filter(Found.is_whole, self.lines.read(gray, *half, DOUBT))


def _standing(proposals: Proposals, found: Found) -> float:
    """Return what lines of a photo are compared by, in nats: the rank, and below SEEN what the locator thinks too."""
    if found.rank >= SEEN:
        return found.rank
    return found.rank + WARM * proposals.warmth(found.centres())


def _looks(gray: Gray, candidates: int) -> Iterator[tuple[int, int, bool]]:
    """Yield how large the locator sees a photo, how many of its lines are looked at, and whether in other ways too."""
    yield SIDE, candidates, True
    thorough = max(gray.shape) > SMALL
    yield CLOSER, candidates if thorough else CLOSER_CANDIDATES, thorough
