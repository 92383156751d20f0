"""Which photos to label next: those whose labels would teach most.

A label teaches where it is not known already: where the reading is in doubt, where the models before and after read
something else, and where the glyphs are unlike those that were learned. A photo without a VIN teaches nothing of this.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from vinchar.decide import ALIKE, Decision, Line
from vinchar.evaluation.adapted import Suggested
from vinchar.imaging import ImageError, load
from vinchar.kind import guess_line_kind
from vinchar.reader import Reader
from vinchar.training.adapting.photos import Photo
from vinchar.training.parts import shared_out
from vinchar.vin import LENGTH

SOME = 20  # photos that a process reads in one go
OTHERWISE = 1.0  # nats for a photo that two models read differently
WORDS = {
    "doubt": "it is not sure what stands there",
    "otherwise": "the model before read something else",
    "unlike": "the characters are unlike those that were learned",
}


@dataclass(frozen=True, slots=True)
class _Seen:
    """What was ``read``, how surely; how likely there is a VIN; and in nats what is in ``doubt`` and ``unlike``."""

    read: str
    confidence: float
    there: float
    doubt: float
    unlike: float


def suggest(model: Path, photos: Sequence[Photo], before: Sequence[str], count: int, workers: int) -> list[Suggested]:
    """Return at most ``count`` photos to label next, best first, no two of about the same reading.

    ``before``: what the model before read in each photo.
    """
    parts = [photos[first : first + SOME] for first in range(0, len(photos), SOME)]
    seen: list[_Seen | None] = []
    with tqdm(total=len(photos), desc="which to label next", unit="photo", mininterval=2) as bar:
        for part in shared_out(partial(_look, model), parts, workers):
            seen += part
            bar.update(len(part))
    found = [
        _suggested(photo, one, read) for photo, one, read in zip(photos, seen, before, strict=True) if one is not None
    ]
    chosen: list[Suggested] = []
    for one in sorted(found, key=lambda one: -one.worth):
        if len(chosen) == count:
            break
        if not any(_differing(one.read, other.read) <= ALIKE for other in chosen):
            chosen.append(one)
    return chosen


def _look(model: Path, photos: Sequence[Photo]) -> list[_Seen | None]:
    cv2.setNumThreads(1)
    reader, seen = Reader(model), list[_Seen | None]()
    for photo in photos:
        try:
            gray = load(photo.path)
        except ImageError:
            seen.append(None)
            continue
        decision = reader.search.read(gray, guess_line_kind(gray))
        seen.append(None if decision.best is None else _seen(decision, decision.best))
    return seen


def _seen(decision: Decision, best: Line) -> _Seen:
    there = min(sum({line.vin: p for line, p in zip(decision.lines, decision.likely, strict=True)}.values()), 1.0)
    chances = np.array([p for _, p in best.posterior.strings])
    rest = max(1.0 - float(chances.sum()), 0.0)
    doubt = -float(sum(p * np.log(p) for p in (*chances, rest) if p > 0))
    unlike = max(-best.posterior.log_likelihood, 0.0) / LENGTH
    return _Seen(best.vin, decision.chance, there, doubt, unlike)


def _suggested(photo: Photo, seen: _Seen, before: str) -> Suggested:
    terms = {
        "doubt": seen.doubt,
        "otherwise": OTHERWISE if before != seen.read else 0.0,
        "unlike": seen.unlike,
    }
    why = WORDS[max(terms, key=terms.__getitem__)]
    return Suggested(photo.path, seen.read, round(seen.confidence, 4), round(seen.there * sum(terms.values()), 4), why)


def _differing(one: str, other: str) -> int:
    return sum(a != b for a, b in zip(one, other, strict=True))
