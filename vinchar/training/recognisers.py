"""The networks that read strips: how each is trained, and how much each counts where several read together."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize

from vinchar.bundle import EXPERTS, Confidence, Recognition
from vinchar.classify import Classifier
from vinchar.experts import recogniser_of
from vinchar.recognise import Experts
from vinchar.session import StripNetwork
from vinchar.training import batches, losses, nets
from vinchar.training.cache import StripCache
from vinchar.types import STRIP_WIDTH, Strip
from vinchar.vin import ALPHABET

FUSED = ("lattice", "ctc")  # that read together, if a model has them; the first parts the strips
NEAR = 6.0  # columns from a glyph's true middle: parted so, it is the glyph
SOME = 16  # strips that are read in one go
FEWEST = 500  # glyphs below which nothing is fitted
EDGES = np.zeros((2, STRIP_WIDTH + 1, 2), np.float32)  # of strips of which nobody asks where they were


@dataclass(frozen=True, slots=True)
class Recipe:
    """How a network is trained: what builds it, its loss, and what it is to say of a strip.

    ``skips``: it can learn from a strip of which some glyphs are not sure; ``exact``: so much of it is not turned to
    integers, see ``quantize``: a head that sums over columns loses by it.
    """

    build: Callable[[], keras.Model]
    loss: Any
    target: batches.Target
    skips: bool = True
    exact: int = 0


RECIPES = {
    "classifier": Recipe(nets.classifier, losses.column_loss, batches.dense),
    "ctc": Recipe(nets.ctc, losses.sequence_loss, batches.sequence, skips=False, exact=5),
    "detector": Recipe(nets.detector, losses.box_loss, batches.boxes, exact=5),
}


def ways_to_read(model: Path) -> dict[str, tuple[str, ...]]:
    """Return the ways to read strips that a model folder has networks for, with their experts, the usual one last."""
    there = [name for name, network in EXPERTS.items() if (model / f"{network}.onnx").is_file()]
    together = tuple(name for name in FUSED if name in there)
    ways: dict[str, tuple[str, ...]] = {name: (name,) for name in reversed(there)}
    return ways if len(together) < 2 else ways | {"fused": together}


def fit_weights(model: Path, names: Sequence[str], strips: StripCache) -> dict[str, float]:
    """Return the weights by which experts together make the true characters of strips likeliest, glyph by glyph.

    1, shared out among them, where too few glyphs are found; a single expert's is 1.
    """
    weights = np.full(len(names), 1 / len(names))
    if len(names) > 1:
        seen, true = glyphs_seen(_experts(model, names), strips)
        weights = _likeliest(seen, true, weights) if len(true) >= FEWEST else weights
    return {name: round(float(weight), 4) for name, weight in zip(names, weights, strict=True)}


def _experts(model: Path, names: Sequence[str]) -> Experts:
    """Return experts of a model folder, whatever its model.json says."""

    def network(name: str) -> Classifier | StripNetwork:
        path = model / f"{name}.onnx"
        return Classifier(path) if name == "classifier" else StripNetwork(path)

    return recogniser_of(Recognition(dict.fromkeys(names, 1.0), _NO_CONFIDENCE), network)


_NO_CONFIDENCE = Confidence((), (), 1.0, 1.0, 1.0, 1.0)


def glyphs_seen(recogniser: Experts, strips: StripCache) -> tuple[NDArray[np.float32], NDArray[np.int32]]:
    """Return what every expert sees of the glyphs that were parted rightly, float32 (K, G, 33), and their classes (G,).

    Only strips of which all 17 were are taken.
    """
    seen, true = [], []
    for first in range(0, len(strips.gray), SOME):
        some = [Strip(gray, EDGES) for gray in strips.gray[first : first + SOME]]
        for i, reading in enumerate(recogniser.read(some), first):
            if reading is None:
                continue
            best = int((reading.scores + reading.log_likelihoods.max(axis=2).sum(axis=1)).argmax())
            middles = reading.boxes[best][:, [0, 2]].mean(axis=1)
            if (np.abs(middles - strips.centres[i]) <= NEAR).all():
                seen.append(reading.each[:, best])
                true.append(strips.classes[i])
    if not seen:
        return np.zeros((1, 0, len(ALPHABET)), np.float32), np.zeros(0, np.int32)
    return np.concatenate(seen, axis=1), np.concatenate(true)


def _likeliest(seen: NDArray[np.float32], true: NDArray[np.int32], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the weights (K,), not negative, by which the true classes (G,) are likeliest: a conditional logit."""
    logs = seen.astype(np.float64)  # (K, G, 33)
    chosen = np.take_along_axis(logs, np.broadcast_to(true[None, :, None], (*logs.shape[:2], 1)), axis=2)[..., 0]

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        worth = np.tensordot(weights, logs, 1)
        worth -= worth.max(axis=1, keepdims=True)
        chances = np.exp(worth)
        chances /= chances.sum(axis=1, keepdims=True)
        named = chances[np.arange(len(true)), true]
        slope = (chances * logs).sum(axis=2).mean(axis=1) - chosen.mean(axis=1)
        return float(-np.log(np.maximum(named, 1e-300)).mean()), slope

    bounds = [(0.0, None)] * len(start)
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B", bounds=bounds).x, np.float64)
