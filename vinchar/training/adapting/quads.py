"""Where a VIN stands in a photo, as tables and docTR's polygons say it, as quads.

Every quad is float32 (4, 2), in pixels, clockwise from the text's top left.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

POINTS = ("x0", "y0", "x1", "y1", "x2", "y2", "x3", "y3")
FAR = 1e6  # pixels: no photo is as large
SHOWN = 80  # characters of a polygon that is none

Floats: TypeAlias = NDArray[np.float32]


def quad_of_cells(texts: Sequence[str]) -> Floats | None:
    """Return the quad of a table's eight cells ``POINTS``, of which the last four are empty for an upright box.

    None if all are empty. The quad of a box begins at the box's own top left, whichever way its text runs. Raises
    ``ValueError`` for what is neither four numbers nor eight, an empty box, or points that are not clockwise.
    """
    if not any(texts):
        return None
    given = list(texts if any(texts[4:]) else texts[:4])
    try:
        numbers = np.array([float(text) for text in given])
    except ValueError:
        raise ValueError(f"box: got {given}, expected {len(given)} numbers") from None
    if len(given) == len(POINTS):
        return _convex(numbers.reshape(4, 2))
    x0, y0, x1, y1 = numbers
    if not (_in_reach(numbers) and x0 < x1 and y0 < y1):
        raise ValueError(f"box: got {given}, expected numbers of pixels with x0 < x1 and y0 < y1")
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]], np.float32)


def quad_of_polygon(polygon: Any) -> Floats:
    """Return the quad of a docTR polygon, whose four points may come in any order.

    The text is taken to run along its longer sides, to the right: the points alone do not tell which way it does.
    Raises ``ValueError`` for what is no such polygon, or has no area.
    """
    try:
        points = np.array(polygon, np.float64)
    except (TypeError, ValueError, OverflowError):
        points = np.zeros(0)
    if points.shape != (4, 2) or not _in_reach(points):
        raise ValueError(f"polygons: got {str(polygon)[:SHOWN]}, expected four points of two numbers of pixels")
    x, y = (points - points.mean(axis=0)).T
    quad = _convex(points[np.argsort(np.arctan2(y, x))])
    longer = max((0, 1), key=lambda start: float(np.linalg.norm(_side(quad, start))))
    start = max((longer, longer + 2), key=lambda start: tuple(_side(quad, start).tolist()))
    return np.roll(quad, -start, axis=0)


def length_to_height(quad: Floats) -> float:
    """Return the length of a quad along its text over that across it."""
    return float(np.linalg.norm(_side(quad, 0)) / np.linalg.norm(_side(quad, 1)))


def _in_reach(numbers: NDArray[np.float64]) -> bool:
    return bool((np.abs(numbers) < FAR).all())  # not a number is not, either


def _convex(points: NDArray[np.float64]) -> Floats:
    sides = np.roll(points, -1, axis=0) - points
    following = np.roll(sides, -1, axis=0)
    if not (_in_reach(points) and (sides[:, 0] * following[:, 1] > sides[:, 1] * following[:, 0]).all()):
        raise ValueError(
            f"box: got {points.tolist()}, expected four corners clockwise from the text's top left, round some area"
        )
    return points.astype(np.float32)


def _side(quad: Floats, start: int) -> Floats:
    """Return the way, (2,), from a point of a quad to the next, the mean of that side and the opposite one."""
    first, second, third, fourth = np.roll(quad, -start, axis=0)
    return np.asarray((second - first + third - fourth) / 2, np.float32)
