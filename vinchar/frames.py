"""Frames of one VIN, seen a moment apart, read as one.

What a recogniser saw of a line is a likelihood, so that of the same line in several frames can be multiplied. Frames
are not independent, they share the light, the surface and the face, so the product of ``n`` counts as ``n ** SHARE``
independent ones. What is known of VINs is weighed once, with the product.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.decide import Decision, Floats, Judge, Line
from vinchar.types import LineReading
from vinchar.vin import ALPHABET

SHARE = 0.5
CANDIDATES = 3  # lines of a frame that may be the VIN


@dataclass(frozen=True, eq=False, slots=True)
class Sight:
    """A line that was read in a frame, with what speaks for it, float64 (7,), and the odds that it is the VIN."""

    frame: int
    line: Line
    features: Floats
    odds: float

    @property
    def log_likelihoods(self) -> NDArray[np.float32]:
        """Those of its path, float32 (17, 33)."""
        seen: NDArray[np.float32] = self.line.reading.log_likelihoods[self.line.posterior.path]
        return seen


def fuse(frames: Sequence[Sequence[Decision]], judge: Judge) -> tuple[Decision, dict[Line | None, int]]:
    """Return the decision over the lines that frames show, and the number of the frame in which each is seen best.

    ``frames``: what was decided of each, by looks at different parts of it.
    """
    groups = group([_sights(i, decisions) for i, decisions in enumerate(frames)])
    lines = [_fused([sight.line for sight in some], judge) for some in groups]
    features = np.array([some[0].features for some in groups]).reshape(len(groups), -1)
    odds = np.array([product([sight.odds for sight in some], len(frames)) for some in groups])
    seen_in: dict[Line | None, int] = {line: some[0].frame for line, some in zip(lines, groups, strict=True)}
    return judge.compare(lines, features, odds), seen_in


def _sights(frame: int, decisions: Sequence[Decision]) -> list[Sight]:
    """Return the lines of a frame that may be the VIN, best first."""
    found = []
    for decision in decisions:
        leaders = decision.leaders(CANDIDATES)
        for line, features, odds in zip(decision.lines, decision.features, decision.odds, strict=True):
            if line in leaders:
                found.append(Sight(frame, line, features, odds))
    return sorted(found, key=lambda sight: -sight.odds)


def group(frames: Sequence[Sequence[Sight]]) -> list[list[Sight]]:
    """Return the sights of each VIN, one a frame at most, best first in each."""
    groups: list[list[Sight]] = []
    for sight in sorted((sight for some in frames for sight in some), key=lambda sight: -sight.odds):
        open_ones = [some for some in groups if all(sight.frame != other.frame for other in some)]
        alike = max(open_ones, key=lambda some: agreement(sight, some[0]), default=None)
        if alike is not None and agreement(sight, alike[0]) > 0:
            alike.append(sight)
        else:
            groups.append([sight])
    return groups


def agreement(one: Sight, other: Sight) -> float:
    """Return by how many nats it is likelier that two lines show the same characters than any."""
    a, b = (_normalised(sight.log_likelihoods.astype(np.float64)) for sight in (one, other))
    return float(np.log(len(ALPHABET) * np.exp(a + b).sum(axis=1)).sum())


def product(logs: Sequence[Any] | NDArray[Any], count: int | None = None) -> Any:
    """Return the sum over ``count`` frames, by default of ``logs``, tempered: it grows as ``count ** SHARE``."""
    weight = float(count or len(logs)) ** (SHARE - 1)
    return sum(logs) * weight


def fused_glyph(log_probs: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return what several frames say of one character, float32 (34,), from that of each, float32 (N, 34)."""
    if len(log_probs) == 1:
        return np.asarray(log_probs[0])
    return np.asarray(_normalised(product(log_probs)), np.float32)


def _fused(lines: Sequence[Line], judge: Judge) -> Line:
    """Return the first of several lines, read as all are."""
    first = lines[0]
    if len(lines) == 1:
        return first
    paths = [line.posterior.path for line in lines]
    best = first.reading
    reading = LineReading(
        best.strip,
        best.boxes[paths[:1]],
        product([line.reading.log_likelihoods[[path]] for line, path in zip(lines, paths, strict=True)]),
        np.mean([line.reading.scores[[path]] for line, path in zip(lines, paths, strict=True)], axis=0),
        best.beyond[paths[:1]],
        product([line.reading.each[:, [path]] for line, path in zip(lines, paths, strict=True)]),
    )
    fused = judge.weigh(reading, first.look)
    return replace(fused, posterior=fused.posterior._replace(log_likelihood=first.posterior.log_likelihood))


def _normalised(logs: NDArray[Any]) -> NDArray[Any]:
    return np.asarray(logs - np.logaddexp.reduce(logs, axis=-1, keepdims=True))
