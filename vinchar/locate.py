"""Find the VIN in a photo: a small net marks its glyphs and gaps, and what hangs together becomes a quad.

After CRAFT (Baek et al. 2019, arXiv 1904.01941), with one difference: the net marks the glyphs of the VIN alone, no
other text, so what tells a VIN from the rest of a label is learned and needs no rule here.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import combinations
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.resizing import resized
from vinchar.session import open_session, returning_memory
from vinchar.types import Gray, Quad

Floats = NDArray[np.float32]

SIDE = 640  # pixels: the longest side of what the net sees
CLOSER = 1280  # the same where nothing was read in what was found so
ENLARGE = {SIDE: 2.0, CLOSER: 3.5}  # small photos are enlarged so far at most
STRIDE = 4  # pixels for a cell of the maps
MULTIPLE = 32  # the net's sides are multiples of this
RIDGE = 1.2  # centres and gaps together along the middle of a line: what a Gaussian target adds up to
SEEN, SURE = 0.25, 0.4  # heat that belongs to a line; heat that a line has somewhere
BAND = 0.83  # height of what is above SEEN to the glyphs' height: 2 * 0.25 * sqrt(2 * log(1 / SEEN))
MARGIN = (1.08, 1.3)  # of the quad to the VIN's length and height, where a model does not say otherwise
FEWEST_CELLS = 6
COLD = 0.1  # heat below which it makes no difference any more
MOST_PARTS = 12  # pieces of lines that are tried with each other


@dataclass(frozen=True, slots=True)
class Streak:
    """A stretch of heat: middle x, y, angle in radians, length and height in cells; ``mass``: the sum of its heat."""

    x: float
    y: float
    angle: float
    length: float
    height: float
    mass: float


def score(line: Streak) -> float:
    """Return how much a streak looks like a whole VIN: how hot it is, and how long for its height."""
    full = line.mass / max(line.length * line.height * 0.6, 1e-6)
    return float(np.log(max(full, 1e-6)) + np.log(min(line.length / line.height, 12.0)))


@dataclass(frozen=True, eq=False)
class Heat:
    """What the net sees in a photo: ``maps`` of glyph centres and of gaps, float32 (H', W', 2) in 0..1.

    ``cells``: how many of theirs there are for a photo pixel; ``margin``: how many times as long and as high as the VIN
    its lines are, so that the rectifier has all of it in its frame.
    """

    maps: Floats
    cells: float
    margin: tuple[float, float] = MARGIN

    def lines(self, limit: int = 6) -> list[Quad]:
        """Return what looks most like a VIN, best first, at most ``limit``.

        The text runs from left to right in each quad, or from top to bottom where the line is steeper than 45 degrees.
        A line that stands on its head is not told from one that does not.
        """
        return [_quad(line, self.cells, self.margin) for line in find_lines(self.maps)[:limit]]

    @cached_property
    def _ridge(self) -> Floats:
        return _ridge(self.maps)

    def warmth(self, centres: Floats) -> float:
        """Return how sure the net is of glyphs at places of the photo, float32 (N, 2): the mean of their log heat."""
        x, y = (centres * self.cells - 0.5).astype(np.float32).T[:, None]
        hot = cv2.remap(self._ridge, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT)
        return float(np.log(np.maximum(hot, COLD)).mean())


class Locator:
    """The net that finds VINs in photos, from ``path``, an ONNX file; safe to share between threads.

    ``margin``: of its lines, see ``Heat``.
    """

    def __init__(self, path: Path, margin: tuple[float, float] = MARGIN) -> None:
        self._session, self._margin = open_session(path), margin
        self._input = self._session.get_inputs()[0].name
        self._options = returning_memory()

    def look(self, gray: Gray, side: int = SIDE) -> Heat:
        """Return what the net sees in a photo, uint8 (H, W), any size, either polarity: ``side`` pixels at its longest.

        Raises ``ValueError`` for anything but a grey picture.
        """
        if getattr(gray, "dtype", None) != np.uint8 or gray.ndim != 2:
            got = f"{gray.dtype} {gray.shape}" if isinstance(gray, np.ndarray) else type(gray).__name__
            raise ValueError(f"gray: got {got}, expected uint8 (H, W); convert the picture to grey first")
        if not gray.size:
            return Heat(np.zeros((1, 1, 2), np.float32), 1 / STRIDE)
        longest = max(gray.shape)
        scale = min(side / longest, ENLARGE.get(side, ENLARGE[SIDE]))
        width, height = (max(1, round(n * scale)) for n in gray.shape[::-1])
        small = resized(gray, width, height)
        more = (-height % MULTIPLE, -width % MULTIPLE)
        small = np.pad(small, ((0, more[0]), (0, more[1])), mode="edge")
        feed = {self._input: small[None, ..., None].astype(np.float32) / 255}
        logits = self._session.run(None, feed, self._options)[0][0]
        heat = 1 / (1 + np.exp(-logits[: -(-height // STRIDE), : -(-width // STRIDE)].astype(np.float64)))
        return Heat(np.asarray(heat, np.float32), scale / STRIDE, self._margin)


def find_lines(heat: Floats) -> list[Streak]:
    """Return the lines in maps of centres and gaps, float32 (H, W, 2), best first."""
    return sorted(streaks(heat), key=score, reverse=True)


def _ridge(heat: Floats) -> Floats:
    return np.asarray(np.minimum(heat.sum(-1) / np.float32(RIDGE), 1), np.float32)


def streaks(heat: Floats) -> list[Streak]:
    """Return the stretches in maps of centres and gaps, float32 (H, W, 2), and those that two pieces on a line make."""
    ridge = _ridge(heat)
    count, labels, stats, _ = cv2.connectedComponentsWithStats((ridge > SEEN).astype(np.uint8), connectivity=8)
    parts: list[Floats] = []
    for label in range(1, count):
        x, y, width, height, area = (int(n) for n in stats[label])
        if area < FEWEST_CELLS:
            continue
        rows, columns = np.nonzero(labels[y : y + height, x : x + width] == label)
        hot = ridge[y + rows, x + columns]
        if hot.max() >= SURE:
            parts.append(np.column_stack([x + columns, y + rows, hot]).astype(np.float32))
    parts = sorted(parts, key=lambda p: -float(p[:, 2].sum()))[:MOST_PARTS]
    alone = [_streak(part) for part in parts]
    joined = [
        _streak(np.concatenate([parts[i], parts[j]]), max(alone[i].height, alone[j].height))
        for i, j in combinations(range(len(alone)), 2)
        if _on_one_line(alone[i], alone[j])
    ]
    return alone + joined


def _streak(points: Floats, height: float | None = None) -> Streak:
    """Fit a box along cells (N, 3) of x, y and heat, as high as their area says where ``height`` is not given."""
    places, weight = np.split(points.astype(np.float64), [2], axis=1)  # single precision depends on the processor
    middle = (places * weight).sum(0) / weight.sum()
    offset = places - middle
    covariance = (offset * weight).T @ offset / weight.sum()
    angle = 0.5 * float(np.arctan2(2 * covariance[0, 1], covariance[0, 0] - covariance[1, 1]))
    if angle < -np.pi / 4:
        angle += np.pi
    along = offset @ np.array([np.cos(angle), np.sin(angle)])
    low, high = float(along.min()) - 0.5, float(along.max()) + 0.5
    x, y = middle + np.array([np.cos(angle), np.sin(angle)]) * (low + high) / 2
    length = high - low
    height = height or len(points) / length / BAND
    return Streak(float(x), float(y), angle, length, height, float(weight.sum()))


def _on_one_line(one: Streak, other: Streak) -> bool:
    """Tell whether two streaks may be parts of one line that glare or a reflection has broken."""
    height = (one.height + other.height) / 2
    if not 0.5 < one.height / other.height < 2:
        return False
    longer = one if one.length >= other.length else other
    shift = np.array([other.x - one.x, other.y - one.y])
    direction = np.array([np.cos(longer.angle), np.sin(longer.angle)])
    along, across = abs(float(shift @ direction)), abs(float(shift[0] * direction[1] - shift[1] * direction[0]))
    gap = along - (one.length + other.length) / 2
    return across < 0.5 * height + 0.1 * along and -height < gap < 0.7 * (one.length + other.length)


def _quad(streak: Streak, cells: float, margin: tuple[float, float]) -> Quad:
    """Return the quad round a streak, ``margin`` times as long and high, in photo pixels: ``cells`` of them for one."""
    angle = streak.angle
    along = np.array([np.cos(angle), np.sin(angle)]) * streak.length / 2 * margin[0]
    down = np.array([-np.sin(angle), np.cos(angle)]) * streak.height / 2 * margin[1]
    middle = np.array([streak.x, streak.y]) + 0.5  # of the first cell
    corners = np.array([-along - down, along - down, along + down, down - along]) + middle
    return Quad((corners / cells).astype(np.float32), score(streak))
