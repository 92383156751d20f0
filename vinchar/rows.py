"""Which lines of text may be the two rows of one VIN: one close below the other, alike in direction and height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from vinchar.types import Quad

TURN = np.deg2rad(8.0)  # at most between the directions of two rows
TALLER, LONGER = 1.6, 2.5  # at most, the one row to the other
APART = (0.6, 2.4)  # from middle to middle, in heights
TOGETHER = (5.0, 22.0)  # length of both rows, in heights
HIGH = 8.0  # heights: a line shorter than this may hold two rows
# What a pair costs. Chosen on 120 drawn photos: one of the first 8 pairs is right in 76.
PER_PLACE, PER_SHIFT, PER_HEIGHT, PER_LENGTH = 0.05, 1.5, 6.0, 0.1
FARTHEST, USUAL = 3.0, 13.0  # in heights: the widest shift of one row against the other, and how long both usually are


@dataclass(frozen=True, eq=False, slots=True)
class _Row:
    """A quad's middle and direction, float64 (2,), its length and height."""

    middle: NDArray[np.float64]
    along: NDArray[np.float64]
    length: float
    height: float

    @classmethod
    def of(cls, quad: Quad) -> _Row:
        top_left, top_right, bottom_right, bottom_left = quad.points.astype(np.float64)
        along = (top_right + bottom_right - top_left - bottom_left) / 2
        down = (bottom_left + bottom_right - top_left - top_right) / 2
        length = max(float(np.linalg.norm(along)), 1e-6)
        along = along / length
        return cls(quad.points.mean(0), along, length, max(abs(float(along[0] * down[1] - along[1] * down[0])), 1e-6))


def is_high(quad: Quad) -> bool:
    """Tell whether a located line is so high for its length that it may hold two rows."""
    row = _Row.of(quad)
    return row.length < HIGH * row.height


def halves(quad: Quad) -> tuple[Quad, Quad]:
    """Return the upper and the lower half of a quad."""
    top_left, top_right, bottom_right, bottom_left = quad.points
    left, right = (top_left + bottom_left) / 2, (top_right + bottom_right) / 2
    return (
        Quad(np.stack([top_left, top_right, right, left]), quad.score),
        Quad(np.stack([left, right, bottom_right, bottom_left]), quad.score),
    )


def pair_rows(lines: Sequence[Quad], limit: int) -> list[tuple[Quad, Quad]]:
    """Return pairs of lines that may be the two rows of a VIN, the upper row first, the likeliest pair first.

    ``lines``: quads as ``Locator.lines`` gives them, likely ones first; ``limit``: how many pairs at most. A pair is
    the likelier the earlier its lines come, the more alike they are in height, and the nearer their left ends or
    their middles are to standing below each other.
    """
    pairs: list[tuple[float, tuple[Quad, Quad]]] = []
    for (i, one), (j, other) in combinations(enumerate([_Row.of(line) for line in lines]), 2):
        down = _down(one, other)
        cost = _cost(one, other, abs(down))
        if cost is not None:
            pair = (lines[i], lines[j]) if down > 0 else (lines[j], lines[i])
            pairs.append((PER_PLACE * (i + j) + cost, pair))
    return [pair for _, pair in sorted(pairs, key=lambda one: one[0])[:limit]]


def _down(one: _Row, other: _Row) -> float:
    """Return how far the other row stands below the one, in heights."""
    x, y = other.middle - one.middle
    along = one.along + other.along
    across = float(y * along[0] - x * along[1]) / max(float(np.linalg.norm(along)), 1e-6)
    return across / ((one.height + other.height) / 2)


def _cost(one: _Row, other: _Row, apart: float) -> float | None:
    """Return how unlike the rows of one VIN two lines are, None where they cannot be."""
    height = (one.height + other.height) / 2
    taller, longer = abs(np.log(one.height / other.height)), abs(np.log(one.length / other.length))
    together = (one.length + other.length) / height
    if float(one.along @ other.along) < np.cos(TURN) or taller > np.log(TALLER) or longer > np.log(LONGER):
        return None
    if not (APART[0] < apart < APART[1] and TOGETHER[0] < together < TOGETHER[1]):
        return None
    middle = float((other.middle - one.middle) @ (one.along + other.along)) / 2
    start = middle + (one.length - other.length) / 2
    shift = min(abs(middle), abs(start)) / height
    if shift > FARTHEST:
        return None
    return float(PER_SHIFT * shift + PER_HEIGHT * taller + PER_LENGTH * abs(together - USUAL))
