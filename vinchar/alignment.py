"""A picture held to a VIN that is known: where it stands in the picture, glyph by glyph, by forced alignment.

The other way round from reading: the lattice of the classifier's answers is walked along the one path of the known
characters. Used to tell which stage lost a VIN, and to learn from photos of which the VIN is known, but not where it
stands.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import align
from vinchar.classify import STRIDE, Answers
from vinchar.recognise import Logits
from vinchar.types import Gray, Kind, Strip
from vinchar.vin import ALPHABET

OtherCuts = Callable[[], Sequence[Strip]]
Track = tuple[Sequence[Strip], OtherCuts]  # the strips that are cut along a line first, and what cuts it in other ways
Views = Callable[[Gray, Kind], Iterable[Sequence[Track]]]  # the lines of a picture, look by look, as ``Search.views``
SHOWN = 9  # glyphs of 17 that a strip must show of a VIN to be of its line: chance gives three or four
LOOKS, FITS = math.log(0.5), math.log(0.1)  # log-probability of being a glyph, and of being this character
FLOOR = -6.0  # nats: a character that a glyph is not costs no more, or its place would be sought elsewhere
TRIES = 3  # lines that are cut in all other ways where none shows the VIN
BATCH = 8  # strips that go through the network together


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """A strip held to a known VIN: for each of 17 places, bool (17,), what is found there.

    ``glyph``: a glyph; ``fits``: one that may be the true character; ``best``: one that is named so. ``centres``
    float32 (17,): the columns of the strip where the glyphs are.
    """

    strip: Strip
    centres: NDArray[np.float32]
    glyph: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    best: NDArray[np.bool_]

    @property
    def shown(self) -> int:
        """How many of the 17 places show what may be the true character."""
        return int(self.fits.sum())


def clearest(views: Iterable[Sequence[Track]], classifier: Logits, vin: str) -> Held | None:
    """Return the strip that shows most of a VIN, of the lines of a picture (see ``Search.views``).

    The looks are walked until one has a line that shows enough of it; of the lines that show most, other cuts are
    looked at, too, until one does.
    """
    seen: list[tuple[Held, OtherCuts]] = []
    for tracks in views:
        firsts = iter(hold([strip for strips, _ in tracks for strip in strips], classifier, vin))
        for strips, others in tracks:
            of_line = [one for one in islice(firsts, len(strips)) if one is not None]
            if of_line:
                seen.append((max(of_line, key=_clearness), others))
        if any(first.shown >= SHOWN for first, _ in seen):
            break
    seen.sort(key=lambda one: _clearness(one[0]), reverse=True)
    best: Held | None = None
    for first, others in seen[:TRIES]:
        cuts = [] if first.best.all() else hold(others(), classifier, vin)
        best = max(filter(None, (best, first, *cuts)), key=_clearness)
        if best.shown >= SHOWN:
            break
    return best


def _clearness(held: Held) -> tuple[int, int]:
    return held.shown, int(held.best.sum())


def hold(strips: Sequence[Strip], classifier: Logits, vin: str) -> list[Held | None]:
    """Align a VIN to each of some strips; None where there is no path of 17."""
    parts = [strips[i : i + BATCH] for i in range(0, len(strips), BATCH)]
    return [one for part in parts for one in _hold(part, classifier, vin)]


def _hold(strips: Sequence[Strip], classifier: Logits, vin: str) -> list[Held | None]:
    answers = Answers.of(classifier.logits(np.stack([strip.gray for strip in strips])))
    floored = replace(answers, log_probs=np.maximum(answers.log_probs, np.float32(FLOOR)))
    true = [ALPHABET.index(char) for char in vin]
    held: list[Held | None] = []
    for i, (strip, paths) in enumerate(zip(strips, align(floored, vin), strict=True)):
        if not len(paths):
            held.append(None)
            continue
        glyph = answers.log_glyph[i, paths.columns[0]] >= LOOKS
        log_probs = answers.log_probs[i, paths.columns[0]]  # (17, 33)
        fits = glyph & (log_probs[np.arange(len(true)), true] >= FITS)
        centres = ((paths.columns[0] + 0.5) * STRIDE).astype(np.float32)
        held.append(Held(strip, centres, glyph, fits, glyph & (log_probs.argmax(1) == true)))
    return held
