"""The seam between pictures of lines and what stands on them: strips in, a batch at a time, line readings out.

A recogniser knows nothing of VINs but that they have 17 glyphs: it says what it saw, and ``decide`` weighs that.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import Paths, Weights, assemble
from vinchar.classify import STRIDE, Answers
from vinchar.segment import segment
from vinchar.types import LineReading, Strip

FEWEST, MOST = 13, 22  # glyphs seen in a strip that is worth a search; real VINs gave 15.7 to 19.1
RELEVANT = 12.0  # nats: a path that is so much worse than the best is left out
HOPELESS = -30.0  # score of a path that shows no VIN; readings that were right had scores from -25 on
BESIDE = (0.6, 1.6)  # pitches from the middle of the last glyph: there another one would stand


class Recogniser(Protocol):
    """Reads strips: one of several ways to do so."""

    def read(self, strips: Sequence[Strip]) -> list[LineReading | None]:
        """Return what stands on each strip, None where it does not look like 17 glyphs."""
        ...


class Logits(Protocol):
    """A network that answers for the columns of strips, as ``classify.Classifier`` does."""

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return float32 (B, W / 2, 34) for strips uint8 (B, 40, W)."""
        ...


class LatticeRecogniser:
    """Classifies every column by a network, finds the best paths of 17 and cuts the glyphs along them."""

    def __init__(self, classifier: Logits, weights: Weights | None = None) -> None:
        self.classifier, self._weights = classifier, weights or Weights()

    def read(self, strips: Sequence[Strip]) -> list[LineReading | None]:
        """Return what stands on each strip, all of one size; None where it does not look like 17 glyphs."""
        if not strips:
            return []
        answers = Answers.of(self.classifier.logits(np.stack([strip.gray for strip in strips])))
        count = answers.glyphs().sum(axis=1)
        worth = np.flatnonzero((count >= FEWEST) & (count <= MOST))
        readings: list[LineReading | None] = [None] * len(strips)
        if len(worth):
            answers = answers.take(worth)
            for i, (strip, paths) in enumerate(zip(worth, assemble(answers, self._weights), strict=True)):
                readings[strip] = _reading(strips[strip], answers, i, paths)
        return readings


def _reading(strip: Strip, answers: Answers, index: int, paths: Paths) -> LineReading | None:
    """Return what the paths through the answers for one strip read, None where they show no line of 17 glyphs."""
    kept = paths.scores >= max(paths.scores.max(initial=-np.inf) - RELEVANT, HOPELESS)
    if not kept.any():
        return None
    columns = paths.columns[kept]
    log_probs = answers.log_probs[index, columns]  # (S, 17, 33)
    # A path's score counts its best characters; without them it is that of the parting itself.
    scores = paths.scores[kept] - log_probs.max(axis=2).sum(axis=1)
    centres = ((columns + 0.5) * STRIDE).astype(np.float32)
    boxes = segment(strip.gray, centres)
    beyond = np.array([_beyond(answers.glyphs()[index], middles) for middles in centres], np.float32)
    return LineReading(strip, boxes, log_probs, scores, beyond)


def _beyond(glyphs: NDArray[np.float32], centres: NDArray[np.float32]) -> float:
    """Return about how many glyphs, of those at each column (N,), stand beside the first and the last of 17."""
    pitch = float(np.median(np.diff(centres)))
    near, far = BESIDE[0] * pitch, BESIDE[1] * pitch
    x = (np.arange(len(glyphs)) + 0.5) * STRIDE
    before = (x > centres[0] - far) & (x < centres[0] - near)
    after = (x > centres[-1] + near) & (x < centres[-1] + far)
    return float(glyphs[before | after].sum())
