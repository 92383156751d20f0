"""Strip and lattice to log-probabilities: one convolutional pass over the strip scores every arc at once.

The network answers for every second column "which glyph is centred here, if any"; an arc takes the answer at its
centre. A picture of a single glyph is one window of the same network.
"""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.session import open_session
from vinchar.types import GLYPH_HEIGHT, STRIP_HEIGHT, Gray, Lattice, Scores, Strip
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


class Classifier:
    """The 33-class glyph network in ONNX. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._session = open_session(path)

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return float32 (B, W / 2, 34) for strips uint8 (B, 40, W): one answer for every second column."""
        batch = strips[..., None].astype(np.float32) / 255
        (out,) = self._session.run(None, {self._session.get_inputs()[0].name: batch})
        return np.asarray(out, np.float32)

    def score(self, strip: Strip, lattice: Lattice) -> Scores:
        """Score every arc of the strip's lattice in one pass."""
        return arc_scores(self.logits(strip.gray[None])[0], lattice)

    def glyphs(self, pictures: list[Gray]) -> NDArray[np.float32]:
        """Return log-probabilities float32 (N, 33) of pictures that show one light glyph on dark each."""
        windows = np.stack([glyph_window(picture) for picture in pictures])
        logits = self.logits(windows)
        middle = WINDOW // STRIDE // 2
        answers: NDArray[np.float32] = logits[:, middle - 1 : middle + 1, :_NONE].mean(1)
        return log_softmax(answers)


def glyph_count(logits: NDArray[np.float32]) -> float:
    """Return about how many glyphs the network sees in a strip, from its answers, float32 (W / 2, 34)."""
    return float((1 - np.exp(log_softmax(logits)[:, _NONE])).sum()) / ANSWERS_A_GLYPH


def arc_scores(logits: NDArray[np.float32], lattice: Lattice) -> Scores:
    """Read the network's answers, float32 (W / 2, 34), at the centre of every arc."""
    log_probs = log_softmax(logits)
    columns = np.arange(len(logits) * STRIDE)
    log_gap = np.interp(columns, np.arange(len(logits)) * STRIDE + 0.5, log_probs[:, _NONE]).astype(np.float32)
    centre = lattice.boxes[:, [0, 2]].mean(1) / STRIDE - 0.5
    low = np.clip(np.floor(centre).astype(np.int64), 0, len(logits) - 2)
    weight = np.clip(centre - low, 0, 1)[:, None].astype(np.float32)
    at_arc = log_softmax((1 - weight) * logits[low] + weight * logits[low + 1])
    log_glyph = np.log1p(-np.exp(np.minimum(at_arc[:, _NONE], -1e-6))).astype(np.float32)
    return Scores(log_softmax(at_arc[:, :_NONE]), log_glyph, log_gap)
