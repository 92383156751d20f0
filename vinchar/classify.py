"""Strips to log-probabilities: one convolutional pass answers for every second column which glyph is centred there.

A picture of a single glyph is one window of the same network.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.session import StripNetwork
from vinchar.types import GLYPH_HEIGHT, STRIP_HEIGHT, Gray
from vinchar.vin import ALPHABET

STRIDE = 2  # strip columns for one answer of the network
WINDOW = 64  # columns round a single glyph: nearly the network's field of view
ANSWERS_A_GLYPH = 3.75  # of the network's answers, so many say "a glyph" for each one, as it was trained to
_NONE = len(ALPHABET)  # index of "no glyph is centred here"


def log_softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return log-probabilities over the last axis, float32 of the same shape."""
    shifted = logits - logits.max(-1, keepdims=True)
    return np.asarray(shifted - np.log(np.exp(shifted).sum(-1, keepdims=True)), np.float32)


def glyph_window(gray: Gray, width: int = WINDOW) -> Gray:
    """Return the light glyph of a dark picture, at the strip's glyph height, amid a window uint8 (40, ``width``)."""
    ink = gray > max(24, int(gray.max()) // 3)
    window = np.zeros((STRIP_HEIGHT, width), np.uint8)
    if not ink.any():
        return window
    rows, columns = np.flatnonzero(ink.any(1)), np.flatnonzero(ink.any(0))
    crop = gray[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
    scale = min(GLYPH_HEIGHT / crop.shape[0], 0.6 * width / crop.shape[1])
    size = max(1, round(crop.shape[1] * scale)), max(1, round(crop.shape[0] * scale))
    scaled = cv2.resize(crop, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    y, x = (STRIP_HEIGHT - size[1]) // 2, (width - size[0]) // 2
    window[y : y + size[1], x : x + size[0]] = scaled
    return window


class Classifier(StripNetwork):
    """The 33-class glyph network: its logits are float32 (B, W / 2, 34), one answer for every second column."""

    def glyphs(self, pictures: list[Gray]) -> NDArray[np.float32]:
        """Return log-probabilities float32 (N, 34) of pictures that show one light glyph on dark each, or none."""
        windows = np.stack([glyph_window(picture) for picture in pictures])
        logits = self.logits(windows)
        middle = WINDOW // STRIDE // 2
        answers: NDArray[np.float32] = logits[:, middle - 1 : middle + 1].mean(1)
        return log_softmax(answers)


@dataclass(frozen=True, eq=False, slots=True)
class Answers:
    """What the network says of every ``STRIDE``-th column of B strips.

    ``log_probs`` float32 (B, N, 33): log-probability of each character, given that a glyph is centred there;
    ``log_glyph``, ``log_gap`` float32 (B, N): log-probability that one is, and that none is.
    """

    log_probs: NDArray[np.float32]
    log_glyph: NDArray[np.float32]
    log_gap: NDArray[np.float32]

    @classmethod
    def of(cls, logits: NDArray[np.float32]) -> Answers:
        """Return the answers in logits, float32 (B, N, 34)."""
        log_gap = log_softmax(logits)[..., _NONE]
        log_glyph = np.log1p(-np.exp(np.minimum(log_gap, -1e-6))).astype(np.float32)
        return cls(log_softmax(logits[..., :_NONE]), log_glyph, log_gap)

    def __len__(self) -> int:
        return len(self.log_gap)

    def take(self, index: NDArray[np.intp]) -> Answers:
        """Return the answers for some of the strips."""
        return Answers(self.log_probs[index], self.log_glyph[index], self.log_gap[index])

    def glyphs(self) -> NDArray[np.float32]:
        """Return about how many glyphs are centred at each column, float32 (B, N): 17 in all for a clear VIN."""
        return np.asarray((1 - np.exp(self.log_gap)) / ANSWERS_A_GLYPH, np.float32)
