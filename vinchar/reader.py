"""The one place where the stages meet: from a picture to a reading."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import cached_property
from itertools import islice, product
from pathlib import Path
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from vinchar.barcode import read_barcodes
from vinchar.bundle import Bundle, ModelError, open_bundle
from vinchar.classify import Classifier
from vinchar.found import WIDER, Found
from vinchar.imaging import ImageError, Source, load
from vinchar.kind import guess_kind, light_glyph
from vinchar.line_reader import LineReader, polarities
from vinchar.locate import CLOSER, SIDE, Locator
from vinchar.posterior import Priors
from vinchar.proposals import Proposals
from vinchar.quality import advice
from vinchar.readings import compare, glyph_reading, no_vin, vin_reading
from vinchar.rectify import STRIP_END, STRIP_START, Edges, Rectifier, cut_strip, frame_of_picture, move_ends, taller
from vinchar.straighten import Pass, Straightener
from vinchar.types import Gray, Kind, Reading, Strip
from vinchar.vin import maker

__all__ = ["ModelError", "Reader", "read"]

AskedKind = Kind | Literal["auto"]  # auto: found out from the picture

CANDIDATES, STRIP_CANDIDATES = 8, 4  # lines looked at in a photo, and in a strip that does not read as one
# From closer by a photo of at most so many pixels shows nothing new, only the locator sees more of small glyphs: so
# many of its lines are looked at then, the right way up.
SMALL, CLOSER_CANDIDATES = 900, 4
# Ranks, in nats, of lines that are the VIN, however sure their readings are. From SEEN on no other line is looked at:
# of 400 boxed photos that nobody transcribed 266 have such a line, all of them in the box; of 200 drawn ones without a
# VIN 5. From ENOUGH on the photo is not looked at in other ways: of those 200 one. From UPRIGHT on a line does not
# stand on its head: of 240 lines turned round none, but 3 have ENOUGH.
SEEN, ENOUGH, UPRIGHT = -12.0, -10.0, -6.0
POOR = 0.3  # a reading at least so sure is a VIN, wherever it ranks; another one beside it has to rank too
DOUBT, WIDE_DOUBT = 0.2, 0.04  # polarity: both ways if the likelier one is less probable than 1 minus this
MOST_OTHERS = 4  # further lines looked for in a photo that may show several VINs
SECOND_LOOKS, BEHIND = 2, 12.0  # lines looked at again if no reading is sure, and nats that they may rank behind
HALVED, HOPELESS = 2, -30.0  # times that the halves of a line are followed, and nats it has to rank above for it
ROOM = 1.3  # height of a frame round a strip, in that of the strip


class Reader:
    """Reads pictures. Making one loads the model (tens of milliseconds); it is safe to share between threads.

    ``model``: a model folder, by default the shipped one; its networks are ``locator``, ``rectifier``, ``classifier``
    and, for pictures of one character, ``glyph``.
    ``vin_priors``: use what is known of VINs (check digit, where digits stand, makers), softly. ``barcodes``: also look
    for barcodes that hold a VIN, which takes zxing-cpp and some time. ``every``: where a photo shows several VINs, put
    all but the best into ``Reading.others``. Raises ``ModelError`` if the model is missing or broken,
    ``ModuleNotFoundError`` if zxing-cpp is.
    """

    def __init__(
        self,
        model: str | os.PathLike[str] | None = None,
        *,
        vin_priors: bool = True,
        barcodes: bool = False,
        every: bool = False,
    ) -> None:
        self.bundle: Bundle = open_bundle(None if model is None else Path(model))
        self.locator = Locator(self.bundle.paths["locator"])
        self.rectifier = Rectifier(self.bundle.paths["rectifier"])
        self.straightener = Straightener(self.rectifier)
        self.classifier = Classifier(self.bundle.paths["classifier"])
        priors = Priors(vin_priors, vin_priors, vin_priors)
        self._lines = LineReader(self.classifier, priors, self.bundle.confidence.weights)
        self._barcodes, self._every = barcodes, every
        if barcodes:
            import zxingcpp  # noqa: F401  (missed now, not at the first picture)

    @cached_property
    def glyph(self) -> Classifier:
        """The network for single characters, loaded when the first one is met."""
        return Classifier(self.bundle.paths["glyph"])

    def read(self, source: Source, kind: AskedKind = "auto", name: str | None = None) -> Reading:
        """Read one picture: a path, the bytes of a file, or an array (see ``imaging.load``).

        ``kind``: what it shows: ``glyph``, ``strip``, ``photo``, or ``auto``. ``name`` goes into ``Reading.image``, by
        default the path. A picture that cannot be used gives a reading with status ``error``; raises ``ValueError``
        for another kind.
        """
        if kind not in ("auto", "glyph", "strip", "photo"):
            raise ValueError(f"kind: got {kind!r}, expected auto, glyph, strip or photo")
        if name is None and isinstance(source, str | os.PathLike):
            name = os.fspath(source)
        try:
            gray = load(source)
        except ImageError as error:
            return Reading(name, "photo" if kind == "auto" else kind, None, "error", reasons=(str(error),))
        if kind == "auto":
            kind = guess_kind(gray)
        if kind == "glyph":
            (log_probs,) = self.glyph.glyphs([light_glyph(gray)])
            return replace(glyph_reading(log_probs, gray.shape, self.bundle.confidence), image=name)
        if kind == "photo":
            best = self._find_in_photo(gray, CANDIDATES)
        else:
            best = self.find(gray, [frame_of_picture(gray.shape)])
            if best is None or not _ends_search(best):  # perhaps a photo of that shape
                best = _better(best, self._find_in_photo(gray, STRIP_CANDIDATES, whole=False))
            else:
                best = self._right_way_up(gray, best)
        readings = [self._explained(best, gray, kind)]
        if self._every and best is not None and readings[0].vin is not None:
            readings += self._others(gray, best)
        if self._barcodes:
            readings = compare(readings, read_barcodes(gray))
        found, *others = (replace(reading, image=name) for reading in readings)
        return replace(found, others=tuple(others))

    def _others(self, gray: Gray, best: Found) -> Iterator[Reading]:
        """Yield further VINs in a photo: cover the line that was read, and look again."""
        seen, gray = {best.assembly.vin}, gray.copy()
        for _ in range(MOST_OTHERS):
            best.cover(gray)
            again = self._find_in_photo(gray, CANDIDATES)
            if again is None or again.probability < POOR or again.rank < SEEN:
                return
            best = again
            if best.assembly.vin not in seen:
                seen.add(best.assembly.vin)
                yield self._explained(best, gray, "photo")

    def _explained(self, best: Found | None, gray: Gray, kind: Kind) -> Reading:
        """Return the reading of what was found, and unless it is sure what makes it hard to read."""
        if best is None:
            return no_vin(kind)
        found = vin_reading(best.strip, best.lattice, best.assembly, best.probability, kind, self.bundle.confidence)
        values = best.quality(gray)
        why = () if found.status == "ok" else (*found.reasons, *advice(values, self.bundle.quality))
        return replace(found, quality=tuple(values.items()), reasons=why)

    def read_many(self, sources: Iterable[Source], kind: AskedKind = "auto", workers: int = 1) -> Iterator[Reading]:
        """Read pictures, in order, ``workers`` at a time; each as ``read`` does. Takes few of them in advance."""
        if workers <= 1:
            yield from (self.read(source, kind) for source in sources)
            return
        waiting = iter(sources)
        with ThreadPoolExecutor(workers) as pool:
            reading = deque(pool.submit(self.read, source, kind) for source in islice(waiting, 2 * workers))
            while reading:
                yield reading.popleft().result()
                reading.extend(pool.submit(self.read, source, kind) for source in islice(waiting, 1))

    def tried(self, gray: Gray) -> list[Found]:
        """Return the lines of a photo that were read to find its VIN: the one settled on, then those that read best."""
        tried: list[Found] = []
        best = self._find_in_photo(gray, CANDIDATES, tried)
        return ([] if best is None else [best]) + sorted(tried, key=lambda found: -found.rank)

    def find(self, gray: Gray, *frames: Iterable[Edges], log: list[Found] | None = None) -> Found | None:
        """Return the best reading of the line in any of the frames, None if there is no line in any.

        The frames come in order of likelihood, some of them harder to find in an iterable of their own, and the first
        reading that ranks as a VIN's ends the search. Unless it is sure, the most promising lines are looked at again:
        after one rectifying pass more and one less, in the other polarity where that is in doubt, and along the lines
        that halves of them lead to. ``log`` takes up every first reading.
        """
        tried: list[tuple[Found, list[Pass]]] = []
        for passes in self.straightener.passes(gray, *frames):
            read: list[Found] = []  # in either polarity
            for found in self._lines.read(gray, *passes[-1], DOUBT):
                read.append(found)
                if log is not None:
                    log.append(found)
                if self._is_ok(found):
                    return found
            if read:
                tried.append((max(read, key=lambda found: found.rank), passes))
                if tried[-1][0].rank >= SEEN:
                    break
        tried.sort(key=lambda pair: pair[0].rank, reverse=True)
        best = tried[0][0] if tried else None
        for first, passes in [pair for pair in tried[:SECOND_LOOKS] if pair[0].rank > tried[0][0].rank - BEHIND]:
            halved = HALVED if first.rank > HOPELESS else 0
            for found in self._other_views(gray, passes, halved):
                if best is None or found.rank > best.rank:
                    best = found
                    if self._is_ok(best):
                        return best
        return best

    def _is_ok(self, found: Found) -> bool:
        """Tell whether a reading is sure enough to be called ok: it needs no further view."""
        return found.probability >= self.bundle.confidence.threshold

    def _find_in_photo(
        self, gray: Gray, candidates: int, log: list[Found] | None = None, whole: bool = True
    ) -> Found | None:
        """Find the VIN among the lines of a photo and, if ``whole``, in all of a wide one.

        Where nothing reads well, also in those seen upside down, then in pairs of lines as the rows of one VIN, and
        then in those seen from closer by.
        """
        best: Found | None = None
        proposals = Proposals(gray, self.locator, whole)
        for side, count, thorough in _looks(gray, candidates):
            likely = proposals.likely(count, side)
            looks: list[tuple[Iterable[Edges], ...]] = [(likely, proposals.texts() if side == SIDE else ())]
            if thorough:
                looks.append((proposals.upside_down(candidates, side),))
            for frames in looks:
                best = _better(best, self.find(gray, *frames, log=log))
                if best is not None and _ends_search(best):
                    return self._right_way_up(gray, best)
            rows = self.find(gray, proposals.frames_of_rows(side)) if thorough else None
            if rows is not None and self._are_rows(rows):
                return rows
        return best

    def _are_rows(self, found: Found) -> bool:
        """Tell whether two rows are a VIN: words join to much, so that a maker nobody knows has to be read surely."""
        known = maker(found.assembly.vin) is not None
        return found.probability >= POOR if known else self._is_ok(found) and found.rank >= ENOUGH

    def _right_way_up(self, gray: Gray, found: Found) -> Found:
        """Return a reading, or if it is in doubt that of the same line upside down, where this is the better one."""
        if self._is_ok(found) or found.rank >= UPRIGHT:
            return found
        turned = self._lines.read_turned(found)
        if turned is None or turned.rank <= found.rank:
            return found
        again = self.find(gray, [taller(turned.strip.edges, ROOM)])
        return turned if again is None or again.rank < turned.rank else again

    def views(self, gray: Gray, kind: Kind) -> Iterator[tuple[Strip, NDArray[np.float32]]]:
        """Yield every strip that may be cut from a picture, with the classifier's logits: to see where a VIN got lost.

        Stops at no good reading, so it takes several times as long as ``read``.
        """
        for passes in self.straightener.passes(gray, self._all_frames(gray, kind)):
            halves = self.straightener.along_halves(gray, passes[-1], 1)
            for edges, line in (*passes, *halves):
                wider = move_ends(line, STRIP_START - WIDER, STRIP_END + WIDER)
                for one, light in product((line, wider), polarities(line, DOUBT)):
                    strip = cut_strip(gray, edges, one, inverted=not light)
                    yield strip, self.classifier.logits(strip.gray[None])[0]

    def _all_frames(self, gray: Gray, kind: Kind) -> Iterator[Edges]:
        """Yield every frame that may be looked at for the VIN of a picture."""
        if kind != "photo":
            yield frame_of_picture(gray.shape)
        proposals = Proposals(gray, self.locator, kind == "photo")
        candidates = CANDIDATES if kind == "photo" else STRIP_CANDIDATES
        for side, count, thorough in _looks(gray, candidates):
            yield from proposals.likely(count, side)
            if side == SIDE:
                yield from proposals.texts()
            if thorough:
                yield from proposals.upside_down(candidates, side)
                yield from proposals.frames_of_rows(side)

    def _other_views(self, gray: Gray, passes: list[Pass], halved: int) -> Iterator[Found]:
        for finer in self.straightener.finer(gray, passes[-1]):
            yield from self._lines.read(gray, *finer, WIDE_DOUBT)
        if len(passes) > 1:
            yield from self._lines.read(gray, *passes[0], DOUBT)
        for one in passes:
            for half in self.straightener.along_halves(gray, one, halved):
                yield from filter(Found.is_whole, self._lines.read(gray, *half, DOUBT))


def _looks(gray: Gray, candidates: int) -> Iterator[tuple[int, int, bool]]:
    """Yield how large the locator sees a photo, how many of its lines are looked at, and whether in other ways too."""
    yield SIDE, candidates, True
    thorough = max(gray.shape) > SMALL
    yield CLOSER, candidates if thorough else CLOSER_CANDIDATES, thorough


def _ends_search(found: Found) -> bool:
    """Tell whether a line is the VIN, even if it may be misread: the rest of the picture need not be searched."""
    return found.probability >= POOR or found.rank >= ENOUGH


def _better(one: Found | None, other: Found | None) -> Found | None:
    if one is None or other is None:
        return one or other
    return one if one.rank >= other.rank else other


def read(source: Source, kind: AskedKind = "auto") -> Reading:
    """Read one picture with the shipped model, which is loaded at the first call and kept."""
    global _shared
    if _shared is None:
        _shared = Reader()
    return _shared.read(source, kind)


_shared: Reader | None = None
