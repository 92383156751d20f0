"""How a model reads photos of which the VIN is known: right or wrong, accepted or not, how likely it held the VIN."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from vinchar.decide import Decision
from vinchar.imaging import ImageError, load
from vinchar.kind import guess_line_kind
from vinchar.locate import Locator
from vinchar.reader import Reader
from vinchar.search import Search
from vinchar.straighten import Straightener
from vinchar.training.adapting.photos import Photo
from vinchar.training.parts import shared_out

Margin = tuple[float, float]  # length and height
SOME = 10  # photos that a process reads in one go
FLOOR = 1e-4  # probability that a VIN has at least: one that is not among the best strings is not known any better


@dataclass(frozen=True, slots=True)
class Score:
    """What was ``read`` in a photo, whether that is ``right`` and accepted (``ok``), and how sure it was.

    ``log_score``: logarithm of the probability that the reader gave to the VIN, in nats: 0 is best. It says more than
    right and wrong where photos are few.
    """

    read: str
    right: bool
    ok: bool
    confidence: float
    log_score: float


def score_photos(model: Path, photos: Sequence[Photo], workers: int, what: str, priors: bool = True) -> list[Score]:
    """Return how a model reads photos with a VIN; one that is no picture is not read right.

    ``what``: for the progress bar; ``priors``: whether what is known of VINs may help.
    """
    (scores,) = score_margins(model, [None], photos, workers, what, priors)
    return scores


def score_margins(
    model: Path, margins: Sequence[Margin | None], photos: Sequence[Photo], workers: int, what: str, priors: bool
) -> list[list[Score]]:
    """Return the same for each of several margins of located lines (see ``locate.Heat``); None: the model's own."""
    parts = [photos[first : first + SOME] for first in range(0, len(photos), SOME)]
    jobs = [(margin, part) for margin in margins for part in parts]
    scores: list[Score] = []
    with tqdm(total=len(margins) * len(photos), desc=what, unit="photo", mininterval=2) as bar:
        for some in shared_out(partial(_score, model, priors), jobs, workers):
            scores += some
            bar.update(len(some))
    return [scores[i * len(photos) : (i + 1) * len(photos)] for i in range(len(margins))]


def mean_log_score(scores: Sequence[Score]) -> float:
    """Return the mean of the log scores, in nats."""
    return float(np.mean([one.log_score for one in scores]))


def _score(model: Path, priors: bool, job: tuple[Margin | None, Sequence[Photo]]) -> list[Score]:
    cv2.setNumThreads(1)
    margin, photos = job
    reader, scores = Reader(model, vin_priors=priors), list[Score]()
    search = reader.search
    if margin is not None:
        locator = Locator(reader.bundle.paths["locator"], margin)
        search = Search(locator, Straightener(reader.rectifier), reader.recogniser, search.judge)
    for photo in photos:
        try:
            gray = load(photo.path)
        except ImageError:
            scores.append(Score("", False, False, 0.0, math.log(FLOOR)))
            continue
        decision = search.read(gray, guess_line_kind(gray))
        read = "" if decision.best is None else decision.best.vin
        chance = max(chance_of(decision, photo.vin), FLOOR)
        scores.append(Score(read, read == photo.vin, decision.is_ok, decision.chance, math.log(chance)))
    return scores


def chance_of(decision: Decision, vin: str) -> float:
    """Return the probability that a decision gives to a VIN: of the line that is likeliest to show it."""
    chances = (
        likely * dict(line.posterior.strings).get(vin, 0.0)
        for line, likely in zip(decision.lines, decision.likely, strict=True)
    )
    return max(chances, default=0.0)
