"""The lattice expert: every column is classified, and the best paths of 17 glyphs through the answers are found."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import Paths, Weights, assemble
from vinchar.classify import STRIDE, Answers
from vinchar.recognise import FEWEST, MOST, Doubles, Floats, Logits, Partings, glyphs_beyond


class Lattice:
    """Classifies every second column of strips by a network, and finds the best paths of 17."""

    def __init__(self, classifier: Logits, weights: Weights | None = None) -> None:
        self._classifier, self._weights = classifier, weights or Weights()

    def look(self, strips: NDArray[np.uint8]) -> LatticeOpinion:
        """Look at strips, uint8 (B, 40, W)."""
        answers = Answers.of(self._classifier.logits(strips))
        return LatticeOpinion(answers, answers.glyphs(), self._weights)


@dataclass(frozen=True, eq=False, slots=True)
class LatticeOpinion:
    """The ``answers`` for B strips, about how many ``glyphs``, float32 (B, N), each column stands for, and weights."""

    answers: Answers
    glyphs: Floats
    weights: Weights

    def partings(self) -> list[Partings | None]:
        """Return the best path of each pitch, None for a strip that shows too few or too many glyphs."""
        found: list[Partings | None] = [None] * len(self.answers)
        count = self.glyphs.sum(axis=1)
        worth = np.flatnonzero((count >= FEWEST) & (count <= MOST))
        if len(worth):
            for strip, paths in zip(worth, assemble(self.answers.take(worth), self.weights), strict=True):
                found[strip] = self._along(int(strip), paths).worthwhile()
        return found

    def judge(self, strip: int, centres: Floats) -> tuple[Floats, Doubles]:
        """Return what stands at the ``centres`` (S, 17) of others: what is seen in the nearest columns."""
        last = self.answers.log_glyph.shape[1] - 1
        columns = np.clip(np.rint(centres / STRIDE - 0.5).astype(np.intp), 0, last)
        scores = self.answers.log_glyph[strip, columns].sum(axis=1)
        return self.answers.log_probs[strip, columns], scores.astype(np.float64)

    def _along(self, strip: int, paths: Paths) -> Partings:
        log_probs = self.answers.log_probs[strip, paths.columns]  # (S, 17, 33)
        # A path's score counts its best characters; without them it is that of the parting itself.
        scores = paths.scores - log_probs.max(axis=2).sum(axis=1)
        centres = ((paths.columns + 0.5) * STRIDE).astype(np.float32)
        glyphs = self.glyphs[strip]
        places = ((np.arange(len(glyphs)) + 0.5) * STRIDE).astype(np.float32)
        beyond = np.array([glyphs_beyond(glyphs, places, middles) for middles in centres], np.float32)
        return Partings(centres, log_probs, scores, beyond)
