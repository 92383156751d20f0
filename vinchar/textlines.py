"""Find lines of text that may be a VIN in a photo, without a net: for where the locator's do not read well.

Threshold against the local mean, both polarities and two window sizes; take the outlines; in each of twelve directions
chain outlines of like height that follow one another closely; score every chain by how much it looks like one printed
line of seventeen glyphs. The chaining is in the spirit of Epshtein, Ofek and Wexler, "Detecting text in natural scenes
with stroke width transform" (CVPR 2010), with outlines of an adaptive threshold for components.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.resizing import resized
from vinchar.types import Gray, Quad

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

_SMALL, _LARGE = 800, 1000  # the longest side to work at: photos are enlarged to the first, reduced to the second
_ENLARGE = 3.2  # enlarging lets the threshold part glyphs that are a pixel from each other
_WINDOWS = (11, 25)  # of the local mean, in working pixels
_DIRECTIONS = 12
_GLYPH_HEIGHTS = (7.0, 140.0)  # working pixels
_GAPS = (0.6, 1.3)  # the widest gap inside a line, in glyph heights
# outlines of each threshold (most contrast first), joins in each direction, lines compared with each other
_MAX_OUTLINES, _MAX_JOINED, _MAX_LINES = 1500, 60, 500
_GRID = 1 / 64  # pixels to which corners are rounded: the last bits of what is measured depend on the processor
_LEAST_CONTRAST, _OFFSET = 8, 4  # grey levels: mean gradient along an outline; threshold against local mean
_SAME = 0.6  # of the longer of two lines: so much shared and they are one

# Log-odds that a chain is the VIN: a weight for each feature and one for its square. From logistic regression on 800
# boxed photos; the glyphs' absolute size and contrast were left out, as they say more of those photos than of text.
_BIAS = -20.85
_WEIGHTS = np.array(
    [
        [2.64, -0.45],  # outlines (log)
        [13.75, -2.23],  # glyphs, wide outlines as several (log)
        [-3.32, 0.74],  # length to height (log)
        [5.51, -19.59],  # spread of the heights
        [-14.18, 28.22],  # spread about the baseline
        [-1.84, 1.35],  # typical gap
        [-3.31, 1.37],  # widest gap
        [-0.74, 0.08],  # unevenness of the pitch
        [0.52, -0.04],  # typical width
        [2.07, -4.16],  # share of bars
        [-2.25, 0.10],  # share of wide outlines
        [0.98, 0.89],  # spread of the contrast
        [-0.85, -3.10],  # tilt against the direction
        [1.25, 0.00],  # contrast to the best line (log)
        [0.96, -0.26],  # lines that agree (log)
    ],
    np.float32,
)


@dataclass(frozen=True, slots=True)
class _Outlines:
    """Closed outlines: ``points`` float32 (P, 2), those of outline ``i`` from ``starts[i]`` on; contrast (N,)."""

    points: Floats
    starts: Ints
    contrast: Floats

    def along(self, turn: Floats) -> Floats:
        """Return u0, u1, v0, v1 and contrast, float32 (N, 5), of the outlines turned by a (2, 2) matrix."""
        turned = self.points @ turn
        low, high = np.minimum.reduceat(turned, self.starts) - 0.5, np.maximum.reduceat(turned, self.starts) + 0.5
        return np.column_stack([low[:, 0], high[:, 0], low[:, 1], high[:, 1], self.contrast])


def _outlines(mask: Gray, edge: Floats) -> _Outlines | None:
    contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    outer = [c for c, links in zip(contours, tree[0], strict=True) if links[3] < 0 and len(c) >= 4] if contours else []
    if not outer:
        return None
    points, counts = np.concatenate(outer)[:, 0], np.array([len(c) for c in outer])
    starts = np.cumsum(counts) - counts
    contrast = np.add.reduceat(edge[points[:, 1], points[:, 0]], starts) / counts
    low, high = np.minimum.reduceat(points, starts), np.maximum.reduceat(points, starts)
    size = (high - low + 1).max(axis=1)
    good = (size >= _GLYPH_HEIGHTS[0]) & (size <= 8 * _GLYPH_HEIGHTS[1]) & (contrast > _LEAST_CONTRAST)
    if good.sum() > _MAX_OUTLINES:
        good &= contrast >= np.sort(contrast[good])[-_MAX_OUTLINES]
    points = points[np.repeat(good, counts)].astype(np.float32)
    counts = counts[good]
    return _Outlines(points, np.cumsum(counts) - counts, contrast[good].astype(np.float32)) if len(counts) else None


def _neighbours(outlines: _Outlines) -> tuple[Ints, Ints]:
    """Return the index pairs of outlines that lie near each other for their size, each pair both ways."""
    low, high = (f.reduceat(outlines.points, outlines.starts) for f in (np.minimum, np.maximum))
    centre, size = (low + high) / 2, (high - low).max(axis=1)
    reach = 0.6 * (size[:, None] + size) + 1.2 * np.minimum(size[:, None], size)
    near = np.abs(centre[:, None, 0] - centre[:, 0]) < reach
    near &= np.abs(centre[:, None, 1] - centre[:, 1]) < reach
    near &= (size[:, None] < 12 * size) & (size < 12 * size[:, None])
    np.fill_diagonal(near, False)
    first, second = np.nonzero(near)
    return first, second


def _chains(left: Ints, right: Ints, gap: Floats, count: int) -> list[list[int]]:
    """Return the chains made by links that are the best one for both their ends, each as indices in reading order."""
    order = np.argsort(-gap, kind="stable")
    after, before = np.full(count, -1), np.full(count, -1)
    after[left[order]] = right[order]  # the last write wins: the smallest gap
    before[right[order]] = left[order]
    start = np.flatnonzero((before < 0) | (after[before] != np.arange(count)))
    mutual = np.where((after >= 0) & (before[after] == np.arange(count)), after, -1)
    chains = []
    for i in start[mutual[start] >= 0]:
        chain = [int(i)]
        while mutual[chain[-1]] >= 0:
            chain.append(int(mutual[chain[-1]]))
        chains.append(chain)
    return chains


def _medians(values: Floats, starts: Ints, counts: Ints) -> Floats:
    """Return the (upper) median of every run of values."""
    order = np.lexsort((values, np.repeat(np.arange(len(counts)), counts)))
    return np.asarray(values[order[starts + counts // 2]], np.float32)


def _describe(chains: list[Floats]) -> tuple[Floats, Floats]:
    """Return boxes (C, 5): u, v of the centre, slope, length, height; and features (C, 14) of chains of extents."""
    counts = np.array([len(chain) for chain in chains])
    starts = np.cumsum(counts) - counts
    u0, u1, v0, v1, contrast = np.concatenate(chains).T
    width, height, along, middle = u1 - u0, v1 - v0, (u0 + u1) / 2, (v0 + v1) / 2

    def mean(values: Floats) -> Floats:
        return np.asarray(np.add.reduceat(values, starts) / counts, np.float32)

    def spread(values: Floats) -> Floats:
        return np.asarray(np.sqrt(mean((values - np.repeat(mean(values), counts)) ** 2)), np.float32)

    tall = _medians(height, starts, counts)
    each = np.repeat(tall, counts)
    left, right = np.minimum.reduceat(u0, starts), np.maximum.reduceat(u1, starts)
    length = right - left
    du, dv = along - np.repeat(mean(along), counts), middle - np.repeat(mean(middle), counts)
    slope = mean(du * dv) / np.maximum(mean(du * du), 1e-3)
    centre = (left + right) / 2
    baseline = mean(middle) + slope * (centre - mean(along))
    # gaps and pitches belong to the later of two outlines; the first one's take the chain's typical value
    gap, pitch = np.zeros_like(u0), each * 0.75
    gap[1:], pitch[1:] = u0[1:] - u1[:-1], np.diff(along)
    gap[starts], pitch[starts] = 0, each[starts] * 0.75
    gap, pitch = gap / each, pitch / each
    uneven = np.abs(pitch - np.repeat(_medians(pitch, starts, counts), counts))
    features = np.column_stack(
        [
            np.log(counts),
            np.log(np.add.reduceat(np.maximum(1, np.round(width / (0.7 * each))), starts)),
            np.log(length / tall),
            spread(height) / tall,
            spread(dv - np.repeat(slope, counts) * du) / tall,
            _medians(gap, starts, counts),
            np.maximum.reduceat(gap, starts),
            _medians(uneven, starts, counts),
            _medians(width, starts, counts) / tall,
            mean((width < 0.25 * each).astype(np.float32)),
            mean((width > 1.1 * each).astype(np.float32)),
            spread(contrast) / mean(contrast),
            np.abs(slope),
            np.log(mean(contrast)),
        ]
    )
    return np.column_stack([centre, baseline, slope, length, tall]), features.astype(np.float32)


def _joined(before: list[Floats], after: list[Floats]) -> list[Floats]:
    """Return what two chains make that follow one another on one line: glare and reflections part them."""
    if not before or not after:
        return []
    first, last = np.array([c[0] for c in after]), np.array([c[-1] for c in before])
    starts, ends = np.array([c[0, 0] for c in before]), np.array([c[-1, 1] for c in after])
    tall, high = last[:, 3, None] - last[:, 2, None], first[:, 3] - first[:, 2]
    gap = (first[:, 0] - last[:, 1, None]) / tall
    step = (first[:, 2] + first[:, 3] - last[:, 2, None] - last[:, 3, None]) / 2 / tall
    together = (ends - starts[:, None]) / tall
    fits = (gap > -0.3) & (gap < 2) & (np.abs(step) < 0.45) & (np.abs(np.log(high / tall)) < 0.4)
    fits &= (together > 5) & (together < 25)
    return [np.concatenate([before[i], after[j]]) for i, j in np.argwhere(fits)[:_MAX_JOINED]]


def _lines(sets: list[_Outlines]) -> tuple[Floats, Floats]:
    """Return boxes (C, 5): x, y of the centre, angle in radians, length, height; and features of chains of outlines."""
    boxes, features = [np.zeros((0, 5), np.float32)], [np.zeros((0, 14), np.float32)]
    pairs = [_neighbours(outlines) for outlines in sets]
    for angle in np.arange(_DIRECTIONS) * np.pi / _DIRECTIONS - np.pi / 4:
        c, s = np.cos(angle), np.sin(angle)
        turn = np.array([[c, -s], [s, c]], np.float32)
        chains: list[Floats] = []
        for outlines, (first, second) in zip(sets, pairs, strict=True):
            extent = outlines.along(turn)
            u0, u1, v0, v1, _ = extent.T
            height, middle = v1 - v0, (v0 + v1) / 2
            usable = (height >= _GLYPH_HEIGHTS[0]) & (height <= _GLYPH_HEIGHTS[1]) & (u1 - u0 < 16 * height)
            small = np.minimum(height[first], height[second])
            gap = (u0[second] - u1[first]) / small
            linked = usable[first] & usable[second] & (u0[second] + u1[second] > u0[first] + u1[first]) & (gap > -0.4)
            linked &= np.abs(height[first] - height[second]) < 0.45 * small
            linked &= np.abs(middle[first] - middle[second]) < 0.4 * small
            found = {}
            for widest in _GAPS:
                links = np.flatnonzero(linked & (gap < widest))
                for chain in _chains(first[links], second[links], gap[links], len(height)):
                    found[tuple(chain)] = extent[chain]
            chains += [*found.values(), *extent[usable & (u1 - u0 > 4 * height)][:, None]]
        if not chains:
            continue
        halves = _joined(chains, chains)
        box, seen = _describe(chains + halves + _joined(halves, chains))
        good = (box[:, 3] > 3.5 * box[:, 4]) & (np.abs(box[:, 2]) < 0.27)
        u, v, slope, length, tall = box[good].T
        boxes.append(np.column_stack([u * c - v * s, u * s + v * c, angle + np.arctan(slope), length, tall]))
        features.append(seen[good])
    return np.concatenate(boxes), np.concatenate(features)


def _alike(boxes: Floats, others: Floats) -> NDArray[np.bool_]:
    """Return bool (B, O): which of the other boxes say nearly the same as each box."""
    x, y, angle, length, height = (column[:, None] for column in boxes.T)
    dx, dy = others[:, 0] - x, others[:, 1] - y
    along = np.abs(dx * np.cos(angle) + dy * np.sin(angle))
    across = np.abs(dy * np.cos(angle) - dx * np.sin(angle))
    shared = np.minimum((others[:, 3] + length) / 2 - along, np.minimum(others[:, 3], length))
    same = (across < 0.5 * height) & (shared > _SAME * np.maximum(others[:, 3], length))
    return np.asarray(same & (others[:, 4] < 1.6 * height) & (others[:, 4] > 0.6 * height), np.bool_)


def _distinct(boxes: Floats, score: Floats, limit: int) -> list[int]:
    """Return the indices of the best boxes, best first, leaving out those that say the same as a better one."""
    free = np.ones(len(boxes), bool)
    kept: list[int] = []
    for i in np.argsort(-score, kind="stable"):
        if free[i] and len(kept) < limit:
            kept.append(int(i))
            free &= ~_alike(boxes[i : i + 1], boxes)[0]
    return kept


def _log_odds(features: Floats) -> Floats:
    """Return how likely each line is the VIN from its features (C, F), the first F of those that have weights."""
    linear, square = _WEIGHTS[: features.shape[1]].T
    return np.asarray(_BIAS + features @ linear + features**2 @ square, np.float32)


def _candidates(gray: Gray) -> tuple[Floats, Floats]:
    """Return boxes (C, 5) in photo pixels and features (C, 15) of every line found."""
    longest = max(gray.shape)
    scale = min(_LARGE / longest, max(1.0, min(_SMALL / longest, _ENLARGE)))
    width, height = (max(1, round(n * scale)) for n in gray.shape[::-1])
    small = resized(gray, width, height, cv2.INTER_CUBIC)
    edge = cv2.morphologyEx(small, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)).astype(np.float32)
    sets = []
    for window in _WINDOWS:
        for kind, offset in ((cv2.THRESH_BINARY, -_OFFSET), (cv2.THRESH_BINARY_INV, _OFFSET)):
            mask = cv2.adaptiveThreshold(small, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, window, offset)
            outlines = _outlines(mask.astype(np.uint8), edge)
            if outlines is not None:
                sets.append(outlines)
    boxes, features = _lines(sets)
    if len(boxes):
        features[:, -1] -= features[:, -1].max()  # a dull picture is judged by its own best line
    best = np.argsort(-_log_odds(features), kind="stable")[:_MAX_LINES]
    boxes, features = boxes[best], features[best]
    features = np.column_stack([features, np.log(_alike(boxes, boxes).sum(axis=1))])
    return boxes * np.array([1 / scale, 1 / scale, 1, 1 / scale, 1 / scale], np.float32), features


def _quad(box: Floats, score: float) -> Quad:
    x, y, angle, length, height = (float(n) for n in box)
    along = np.array([np.cos(angle), np.sin(angle)]) * length * 0.55
    down = np.array([-np.sin(angle), np.cos(angle)]) * height * 0.65
    corners = np.array([-along - down, along - down, along + down, down - along]) + np.array([x, y])
    return Quad((np.rint(corners / _GRID) * _GRID).astype(np.float32), score)


def find_textlines(gray: Gray, limit: int = 12) -> list[Quad]:
    """Return quads round the lines of text in a photo that look most like a VIN, best first.

    ``gray`` uint8 (H, W), any size, either polarity; ``limit``: how many at most. The text runs from left to right in
    each quad, or from top to bottom where the line is steeper than 45 degrees: a line that stands on its head is not
    told from one that does not. ``score`` is a log-odds, so it can be compared between photos.
    Raises ``ValueError`` for anything but a grey picture.
    """
    if getattr(gray, "dtype", None) != np.uint8 or gray.ndim != 2:
        got = f"{gray.dtype} {gray.shape}" if isinstance(gray, np.ndarray) else type(gray).__name__
        raise ValueError(f"gray: got {got}, expected uint8 (H, W); convert the picture to grey first")
    if not gray.size:
        return []
    boxes, features = _candidates(gray)
    score = _log_odds(features)
    return [_quad(boxes[i], float(score[i])) for i in _distinct(boxes, score, limit)]
