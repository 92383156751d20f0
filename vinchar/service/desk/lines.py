"""Where in a picture a VIN stands that a person has told, and the line cut out of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.decide import ALIKE
from vinchar.imaging import load

Corners: TypeAlias = Sequence[Sequence[float]]  # 4 points [x, y], clockwise from the text's top left

ONE_ROW = 4.0  # heights: a VIN in one row is at least so long
MARGIN = 0.3  # heights round a line that is cut out
_FAR = 1e5  # pixels


def where_it_stands(reading: Mapping[str, Any], vin: str) -> Corners | None:
    """Return the corners of a VIN in the upright picture, if what was read there is nearly that VIN, else None.

    ``reading``: as ``Reading.to_dict`` gives it.
    """
    text = [one for one in (reading, *reading["others"]) if one["vin"] and one["source"] != "barcode" and one["quad"]]
    near = min(text, key=lambda one: _differing(one["vin"], vin), default=None)
    if near is None or _differing(near["vin"], vin) > ALIKE or not _is_convex(near["quad"]):
        return None
    quad: Corners = near["quad"]
    return quad


def is_one_row(quad: Corners) -> bool:
    """Tell the corners of one row of characters from those of several."""
    length, height = _sides(np.array(quad, np.float64))
    return bool(length >= ONE_ROW * height)


def cut_line(data: bytes, quad: Corners | None) -> bytes:
    """Return the line within ``quad``, with some margin, upright and straight, as a PNG; without it all of the picture.

    Raises ``ImageError`` for a picture that cannot be used.
    """
    picture = load(data, color=True)
    if quad is not None:
        points = np.array(quad, np.float64)
        length, height = _sides(points)
        along, down = _along(points) * MARGIN * height / length, _along(np.roll(points, -1, 0)) * MARGIN
        wider = points + np.array([-along - down, along - down, along + down, -along + down])
        width, high = (max(1, round(side + 2 * MARGIN * height)) for side in (length, height))
        whole = np.array([[0, 0], [width, 0], [width, high], [0, high]])
        turned = cv2.getPerspectiveTransform(wider.astype(np.float32), whole.astype(np.float32))
        picture = np.asarray(
            cv2.warpPerspective(picture, turned, (width, high), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE),
            np.uint8,
        )
    _, encoded = cv2.imencode(".png", picture)
    return encoded.tobytes()


def _differing(one: str, other: str) -> int:
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(a != b for a, b in zip(one, other, strict=True))


def _sides(points: NDArray[np.float64]) -> tuple[float, float]:
    """Return how long a quad is along its text, and how high across it, pixels."""
    return float(np.linalg.norm(_along(points))), float(np.linalg.norm(_along(np.roll(points, -1, axis=0))))


def _along(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the way (2,) from the first corner to the second, the mean of that side and the opposite one."""
    first, second, third, fourth = points
    return np.asarray((second - first + third - fourth) / 2)


def _is_convex(quad: Corners) -> bool:
    """Tell whether corners are clockwise round some area, as whoever learns from them expects."""
    points = np.array(quad, np.float64)
    sides = np.roll(points, -1, axis=0) - points
    following = np.roll(sides, -1, axis=0)
    turns = sides[:, 0] * following[:, 1] - sides[:, 1] * following[:, 0]
    return bool((np.abs(points) < _FAR).all() and (turns > 0).all())
