"""Why a VIN was read wrongly: what every stage made of the picture, held to the true VIN by forced alignment."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from vinchar.assemble import align
from vinchar.classify import Answers
from vinchar.evaluation.scored import Scored
from vinchar.imaging import ImageError, load
from vinchar.posterior import NO_PRIORS, Priors, read_strings
from vinchar.recognise import LatticeRecogniser
from vinchar.types import Gray, Kind, Strip
from vinchar.vin import ALPHABET

OtherCuts = Callable[[], Sequence[Strip]]
Track = tuple[Sequence[Strip], OtherCuts]  # the strips that are cut along a line first, and what cuts it in other ways
Views = Callable[[Gray, Kind], Iterable[Sequence[Track]]]  # the lines of a picture, look by look, as ``Search.views``
CAUSES = {
    "file": "the file could not be used",
    "place": "the line was not found: no strip that was cut shows this VIN",
    "straightening": "the strip shows the line, but not all of its first or last glyphs",
    "characters": "glyphs were taken for others, or for none",
    "priors": "what VINs usually look like outweighed what is there",
    "search": "another line or another way to part it was preferred to the right one",
}
SHOWN = 9  # glyphs of 17 that a strip must show of a VIN to be of its line: chance gives three or four
LOOKS, FITS = math.log(0.5), math.log(0.1)  # log-probability of being a glyph, and of being this character
FLOOR = -6.0  # nats: a character that a glyph is not costs no more, or its place would be sought elsewhere
TRIES = 3  # lines that are cut in all other ways where none shows the VIN
BATCH = 8  # strips that go through the network together


@dataclass(frozen=True, eq=False, slots=True)
class Held:
    """A strip held to the true VIN: for each of 17 places, bool (17,), what is found there.

    ``glyph``: a glyph; ``fits``: one that may be the true character; ``best``: one that is named so.
    """

    strip: Strip
    glyph: NDArray[np.bool_]
    fits: NDArray[np.bool_]
    best: NDArray[np.bool_]

    @property
    def shown(self) -> int:
        """How many of the 17 places show what may be the true character."""
        return int(self.fits.sum())


def with_causes(
    scored: Sequence[Scored],
    views: Views,
    recogniser: LatticeRecogniser,
    priors: Priors = NO_PRIORS,
    seconds: float = math.inf,
) -> list[Scored]:
    """Return what was scored, every wrong reading with its cause; the rest as of a ``Reader`` and its ``search``.

    The surest are looked into first. After so many ``seconds`` none is begun, and those left have no cause.
    """
    found = list(scored)
    wrong = sorted((i for i, one in enumerate(scored) if not one.right), key=lambda i: -scored[i].reading.confidence)
    until = time.monotonic() + seconds
    for i in tqdm(wrong, desc="looking for causes", unit="picture", mininterval=2, disable=len(wrong) < 2):
        if time.monotonic() >= until:
            break
        found[i] = replace(scored[i], cause=find_cause(scored[i], views, recogniser, priors))
    return found


def find_cause(one: Scored, views: Views, recogniser: LatticeRecogniser, priors: Priors = NO_PRIORS) -> str | None:
    """Return which of ``CAUSES`` made a reading wrong, None if it is right.

    The strip that shows most of the true VIN decides: which stage is the first that loses it from there on. ``views``
    is walked no farther than to the first look in which a line shows enough of it.
    """
    reading, truth = one.reading, one.label.text
    if one.right:
        return None
    if reading.status == "error":
        return "file"
    if len(truth) == 1:
        return "characters"
    try:
        gray = load(one.source)
    except ImageError:  # it could be read a moment ago
        return "file"
    best = _clearest(views(gray, reading.kind), recogniser, truth)
    if best is None or best.shown < SHOWN:
        return "place"
    if not best.glyph.all():
        return "straightening" if not (best.glyph[0] and best.glyph[-1]) else "characters"
    if not best.best.all():
        return "characters"
    (line,) = recogniser.read([best.strip])
    if line is None:
        return "search"
    known, plain = (read_strings(line.log_likelihoods, line.scores, some).strings[0][0] for some in (priors, NO_PRIORS))
    return "priors" if known != truth == plain else "search"


def _clearest(views: Iterable[Sequence[Track]], recogniser: LatticeRecogniser, truth: str) -> Held | None:
    """Return the strip that shows most of the true VIN.

    The looks are walked until one has a line that shows enough of it; of the lines that show most, other cuts are
    looked at, too, until one does.
    """
    seen: list[tuple[Held, OtherCuts]] = []
    for tracks in views:
        firsts = iter(hold([strip for strips, _ in tracks for strip in strips], recogniser, truth))
        for strips, others in tracks:
            of_line = [one for one in islice(firsts, len(strips)) if one is not None]
            if of_line:
                seen.append((max(of_line, key=_clearness), others))
        if any(first.shown >= SHOWN for first, _ in seen):
            break
    seen.sort(key=lambda one: _clearness(one[0]), reverse=True)
    best: Held | None = None
    for first, others in seen[:TRIES]:
        cuts = [] if first.best.all() else hold(others(), recogniser, truth)
        best = max(filter(None, (best, first, *cuts)), key=_clearness)
        if best.shown >= SHOWN:
            break
    return best


def _clearness(held: Held) -> tuple[int, int]:
    return held.shown, int(held.best.sum())


def hold(strips: Sequence[Strip], recogniser: LatticeRecogniser, truth: str) -> list[Held | None]:
    """Align the true VIN to each of some strips; None where there is no path of 17."""
    parts = [strips[i : i + BATCH] for i in range(0, len(strips), BATCH)]
    return [one for part in parts for one in _hold(part, recogniser, truth)]


def _hold(strips: Sequence[Strip], recogniser: LatticeRecogniser, truth: str) -> list[Held | None]:
    answers = Answers.of(recogniser.classifier.logits(np.stack([strip.gray for strip in strips])))
    floored = replace(answers, log_probs=np.maximum(answers.log_probs, np.float32(FLOOR)))
    true = [ALPHABET.index(char) for char in truth]
    held: list[Held | None] = []
    for i, (strip, paths) in enumerate(zip(strips, align(floored, truth), strict=True)):
        if not len(paths):
            held.append(None)
            continue
        glyph = answers.log_glyph[i, paths.columns[0]] >= LOOKS
        log_probs = answers.log_probs[i, paths.columns[0]]  # (17, 33)
        fits = glyph & (log_probs[np.arange(len(true)), true] >= FITS)
        held.append(Held(strip, glyph, fits, glyph & (log_probs.argmax(1) == true)))
    return held
