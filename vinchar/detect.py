"""The detector expert: glyphs as boxes of full height in a row of cells, and the best path of 17 through them.

A one-row YOLO v2: Redmon and Farhadi, "YOLO9000: better, faster, stronger" (2017), arXiv 1612.08242.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from vinchar.assemble import Weights
from vinchar.classify import STRIDE, Answers, log_softmax
from vinchar.lattice import LatticeOpinion
from vinchar.recognise import Doubles, Floats, Logits, Partings, cuts_between

CELL = 8  # strip columns for one cell
ANCHORS = (15.0, 18.0, 21.5, 25.5)  # widths of the boxes, in strip columns
NEVER = 1e-6  # probability of what was not detected at all


class Detector:
    """Detects glyphs in the cells of strips by a network."""

    def __init__(self, network: Logits) -> None:
        self._network = network

    def look(self, strips: NDArray[np.uint8]) -> DetectorOpinion:
        """Look at strips, uint8 (B, 40, W), W a multiple of 8."""
        said = self._network.logits(strips)  # (B, W / 8, 4, 36)
        best = said[..., 0].argmax(axis=2)[..., None, None]  # one box a cell: no glyph is narrower
        box = np.take_along_axis(said, best, axis=2)[:, :, 0]  # (B, W / 8, 36)
        columns = (np.arange(box.shape[1]) + _sigmoid(box[..., 1])) * CELL
        return DetectorOpinion(_sigmoid(box[..., 0]), columns.astype(np.float32), log_softmax(box[..., 3:]))


def _sigmoid(logits: Floats) -> Floats:
    return np.asarray(np.clip(1 / (1 + np.exp(-logits)), NEVER, 1 - NEVER), np.float32)


@dataclass(frozen=True, eq=False, slots=True)
class DetectorOpinion:
    """The best box of every cell of B strips.

    ``there`` float32 (B, C): probability of a glyph; ``columns`` float32 (B, C): its middle; ``log_probs`` float32
    (B, C, 33): of each character if there is one.
    """

    there: Floats
    columns: Floats
    log_probs: Floats

    def partings(self) -> list[Partings | None]:
        """Return the best paths through the boxes: those of the lattice, in which only their middles can be passed."""
        strips, cells = self.there.shape
        count = cells * CELL // STRIDE
        answers = Answers(
            np.zeros((strips, count, self.log_probs.shape[2]), np.float32),
            np.full((strips, count), -np.inf, np.float32),
            np.zeros((strips, count), np.float32),
        )
        glyphs = np.zeros((strips, count), np.float32)
        # The surer box last: of two in one column it stays.
        strip, cell = np.unravel_index(np.argsort(self.there, axis=None), self.there.shape)
        column = np.minimum((self.columns[strip, cell] / STRIDE).astype(np.intp), count - 1)
        there = self.there[strip, cell]
        answers.log_probs[strip, column] = self.log_probs[strip, cell]
        answers.log_glyph[strip, column] = np.log(there)
        answers.log_gap[strip, column] = np.log(1 - there)
        glyphs[strip, column] = there
        return LatticeOpinion(answers, glyphs, Weights()).partings()

    def judge(self, strip: int, centres: Floats) -> tuple[Floats, Doubles]:
        """Return what stands at the ``centres`` (S, 17) of others: the boxes between the cuts half way to the next."""
        cuts = cuts_between(centres)[..., None]  # (S, 18, 1)
        inside = (self.columns[strip] >= cuts[:, :-1]) & (self.columns[strip] < cuts[:, 1:])  # (S, 17, C)
        weights = np.where(inside, self.there[strip], 0)
        none = np.prod(1 - weights, axis=2)
        mixed = weights @ np.exp(self.log_probs[strip]) + NEVER  # (S, 17, 33)
        log_likelihoods = np.log(mixed / mixed.sum(axis=2, keepdims=True)).astype(np.float32)
        return log_likelihoods, np.log(1 - none + NEVER).sum(axis=1).astype(np.float64)
