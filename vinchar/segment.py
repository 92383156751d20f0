"""From a strip to a lattice: every plausible way to cut a line of text into glyphs.

Nothing is decided here. Three sources propose cut columns: connected components of the locally thresholded ink, minima
of the vertical projection profile, and a dense grid that needs no evidence at all. Arcs join cuts that lie about a
pitch apart and carry a cost in nats that says how little the picture speaks for them. The classifier scores every arc
and the assembler finds the best path; what is missing here nobody can find later, so the lattice is overfull rather
than short. Over-segmentation followed by a shortest path: LeCun, Bottou, Bengio and Haffner 1998, doi 10.1109/5.726791.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.types import GLYPH_HEIGHT, PITCH, Gray, Lattice, Strip

Floats = NDArray[np.float32]
Ints = NDArray[np.int32]

GRID = 4  # pixels between grid cuts: an arc's centre is never further than half of it from a glyph's
MIN_WIDTH, MAX_WIDTH = 0.3, 1.6  # width of an arc in pitches: a narrow 1, a wide W
USUAL_WIDTH = (0.45, 1.15)  # no cost between these
MAX_ARCS = 600
LEVELS = (0.8, 1.25)  # times Otsu's threshold: the lower mends broken strokes, the higher parts touching glyphs

# Costs in nats of a cut, by what speaks for it.
SPLIT_COST, VALLEY_COST, GRID_COST = 0.6, 0.25, 1.2
WRONG_SIDE_COST = 0.3  # a glyph that starts where a component ends, or the reverse
CROSSING_COST = 0.6  # an arc over a gap between components: two glyphs, or one broken one
EMPTY_COST = 1.5  # an arc without ink


def segment(strip: Strip) -> Lattice:
    """Return the lattice of a strip of light glyphs on dark, about 17 of them ``GLYPH_HEIGHT`` high, mid-height.

    ``strip.gray`` uint8 (H, W). The lattice has cuts at least 2 px apart and at most ``MAX_ARCS`` arcs, sorted by start
    and end. Whatever the picture, every column from 10 to W - 10 (W a multiple of 4) has an arc about a pitch wide with
    its centre within 3 px. Boxes span the arc's columns and its ink's rows (the nominal rows where the ink is unclear).
    Raises ``ValueError`` if the strip is too small to hold a glyph.
    """
    height, width = strip.gray.shape
    if height < GLYPH_HEIGHT or width < 2 * PITCH:
        raise ValueError(f"segment: got a strip of {width}x{height}, expected at least {2 * PITCH}x{GLYPH_HEIGHT}")
    ink = _ink(strip.gray)
    profile = ink[_band(height)].sum(axis=0)  # (W,)
    pitch = estimate_pitch(profile)
    mask, spans = _components(ink)

    cuts, start_cost, end_cost = _cuts(spans, profile, pitch)
    first, last = np.nonzero(_joinable(cuts, pitch))
    cost = start_cost[first] + end_cost[last] + _arc_cost(cuts[first], cuts[last], spans, profile, pitch)
    kept = _cheapest(cuts[first], cuts[last], cost, pitch)
    arcs = np.stack([first[kept], last[kept]], axis=1).astype(np.int32)  # (E, 2)
    return Lattice(cuts, arcs, _boxes(mask, cuts[arcs]), cost[kept].astype(np.float32))


def estimate_pitch(profile: Floats) -> float:
    """Return the distance between glyphs in pixels, 16 to 24, by autocorrelation of the profile, float32 (W,)."""
    row = profile[None]
    wave = (cv2.GaussianBlur(row, (0, 0), 2) - cv2.GaussianBlur(row, (0, 0), PITCH))[0]
    spectrum = np.abs(np.fft.rfft(wave, 2 * len(wave))) ** 2
    correlation = np.fft.irfft(spectrum)
    lags = np.arange(PITCH - 4, PITCH + 5)
    # Twice the lag must agree as well; the nominal pitch wins where a proportional face has no clear one.
    likeness = (correlation[lags] + 0.5 * correlation[2 * lags]) / max(correlation[0], 1e-6)
    return float(lags[np.argmax(likeness - ((lags - PITCH) / 8.0) ** 2)])


def _band(height: int) -> slice:
    """Return the rows that a nominal glyph fills, with 2 px to spare."""
    reach = GLYPH_HEIGHT // 2 + 2
    return slice(max(height // 2 - reach, 0), height // 2 + reach)


def _ink(gray: Gray) -> Floats:
    """Return how bright each pixel is against its surroundings, float32 (H, W), about 0 to 1 in every part."""
    smooth = cv2.GaussianBlur(gray, (3, 3), 0)
    hat = cv2.morphologyEx(smooth, cv2.MORPH_TOPHAT, np.ones((15, 15), np.uint8)).astype(np.float32)
    peak = hat[_band(len(gray))].max(axis=0, keepdims=True)  # (1, W)
    peak = cv2.blur(cv2.dilate(peak, np.ones((1, 2 * PITCH + 1), np.uint8)), (2 * PITCH + 1, 1))
    # Where contrast is far below the strip's best there is noise, and it must not be raised to full ink.
    ink: Floats = np.minimum(hat / np.maximum(peak, 0.3 * hat.max() + 4), 1)
    return ink


def _components(ink: Floats) -> tuple[NDArray[np.bool_], Ints]:
    """Return the ink mask bool (H, W), and the column spans int32 (N, 2), sorted, of its components at each level."""
    level, _ = cv2.threshold((255 * ink[_band(len(ink))]).astype(np.uint8), 0, 255, cv2.THRESH_OTSU)
    band = _band(len(ink))
    spans: list[tuple[int, int]] = []
    for factor in LEVELS:
        above = (ink > factor * level / 255).astype(np.uint8)
        _, _, stats, _ = cv2.connectedComponentsWithStats(above, connectivity=8)
        left, top, wide, high, area = stats[1:].T
        inside = (area >= 8) & (top < band.stop - 3) & (top + high > band.start + 3)
        found = np.stack([left, left + wide], axis=1)[inside]
        spans += _stacked(sorted((int(a), int(b)) for a, b in found))
    return ink > level / 255, np.array(sorted(set(spans)), np.int32).reshape(-1, 2)


def _stacked(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the sorted spans with those joined that lie above one another: parts of one broken glyph."""
    joined: list[tuple[int, int]] = []
    for left, right in spans:
        if joined:
            before, end = joined[-1]
            if 2 * (min(right, end) - left) > min(right - left, end - before):
                joined[-1] = before, max(right, end)
                continue
        joined.append((left, right))
    return joined


def _valleys(profile: Floats) -> tuple[Ints, Floats]:
    """Return columns int32 (N,) of the profile's minima at two scales, and their height against the peaks beside."""
    columns, ratios = [], []
    for sigma in (1.0, 2.5):
        smooth = cv2.GaussianBlur(profile[None], (0, 0), sigma)
        peak = cv2.dilate(smooth, np.ones((1, PITCH + 1), np.uint8))[0]
        middle = smooth[0, 1:-1]
        low = 1 + np.flatnonzero((middle <= smooth[0, :-2]) & (middle < smooth[0, 2:]))
        columns.append(low)
        ratios.append(smooth[0, low] / np.maximum(peak[low], 1e-3))
    return np.concatenate(columns).astype(np.int32), np.concatenate(ratios)


def _cuts(spans: Ints, profile: Floats, pitch: float) -> tuple[Ints, Floats, Floats]:
    """Return cut columns int32 (C,) at least 2 apart, and what it costs to start and to end a glyph there."""
    width = len(profile)
    start = np.full(width + 1, np.inf, np.float32)
    end = start.copy()
    start[::GRID] = end[::GRID] = GRID_COST
    columns, ratios = _valleys(profile)
    np.minimum.at(start, columns, VALLEY_COST + ratios)
    np.minimum.at(end, columns, VALLEY_COST + ratios)
    for left, right in spans.tolist():
        parts = round((right - left) / pitch)
        if 2 <= parts <= 8:
            inner = np.linspace(left, right, parts + 1)[1:-1].astype(np.int32)
            start[inner] = np.minimum(start[inner], SPLIT_COST)
            end[inner] = np.minimum(end[inner], SPLIT_COST)
        start[left], end[right] = 0, 0
        start[right], end[left] = min(start[right], WRONG_SIDE_COST), min(end[left], WRONG_SIDE_COST)
    # Slanted neighbours share columns; the cut between them lies in the middle of what they share.
    shared = spans[1:, 0] < spans[:-1, 1]
    middle = (spans[1:, 0][shared] + spans[:-1, 1][shared]) // 2
    start[middle], end[middle] = np.minimum(start[middle], SPLIT_COST), np.minimum(end[middle], SPLIT_COST)

    # Keep the cheapest of columns side by side, which then stands for its neighbours.
    best = np.minimum(start, end)
    free = bytearray(b"\1") * (width + 3)
    for column in np.argsort(best, kind="stable")[: np.isfinite(best).sum()].tolist():
        if free[column + 1] == 1:
            free[column], free[column + 1], free[column + 2] = 0, 2, 0
    cuts = np.flatnonzero(np.frombuffer(free, np.uint8)[1 : width + 2] == 2).astype(np.int32)
    near = np.ones((1, 3), np.uint8)
    return cuts, cv2.erode(start[None], near)[0, cuts], cv2.erode(end[None], near)[0, cuts]


def _joinable(cuts: Ints, pitch: float) -> NDArray[np.bool_]:
    """Return bool (C, C): whether an arc may run from one cut to the other."""
    wide = cuts[None] - cuts[:, None]
    joinable: NDArray[np.bool_] = (wide >= MIN_WIDTH * pitch) & (wide <= MAX_WIDTH * pitch)
    return joinable


def _arc_cost(x0: Ints, x1: Ints, spans: Ints, profile: Floats, pitch: float) -> Floats:
    """Return what arcs from column ``x0`` to ``x1``, int32 (E,), cost beyond their two cuts, float32 (E,)."""
    ratio = (x1 - x0) / pitch
    odd = (ratio - np.clip(ratio, *USUAL_WIDTH)) / 0.25
    edges = np.bincount(spans[:, 0], minlength=len(profile) + 2) - np.bincount(spans[:, 1], minlength=len(profile) + 2)
    covered = np.cumsum(edges) > 0
    gaps = np.cumsum(covered[:-1] & ~covered[1:])  # how many have begun by column x + 1
    crossed = np.minimum(gaps[x1 - 3] - gaps[x0 + 1], 2)
    total = np.concatenate([[0], np.cumsum(profile)])
    share = (total[x1] - total[x0]) / (x1 - x0) / max(float(np.percentile(profile, 80)), 1e-3)
    empty = np.maximum(1 - 4 * share, 0)
    cost: Floats = (0.5 * odd**2 + CROSSING_COST * crossed + EMPTY_COST * empty).astype(np.float32)
    return cost


def _cheapest(x0: Ints, x1: Ints, cost: Floats, pitch: float) -> NDArray[np.intp]:
    """Return sorted indices of at most ``MAX_ARCS`` arcs: those that the guarantee needs, then the cheapest."""
    if len(cost) <= MAX_ARCS:
        return np.arange(len(cost))
    centre = (x0 + x1) // 2
    # Cheapest beside their neighbours, not in the whole strip: else clear parts would crowd out those that need more.
    floor = np.full(int(x1.max()) + 1, 1e3, np.float32)
    np.minimum.at(floor, centre, cost)
    floor = cv2.erode(floor[None], np.ones((1, PITCH + 1), np.uint8))[0]
    key = cost - floor[centre]
    places = np.arange(PITCH // 2, int(x1.max()) - PITCH // 2 + 1, GRID)  # centres of grid arcs a pitch wide
    for width in {round(pitch), PITCH}:
        fits = (np.abs(x0 + x1 - 2 * places[:, None]) <= 2) & (np.abs(x1 - x0 - width) <= GRID // 2)  # (places, E)
        key[np.where(fits, cost, np.inf).argmin(axis=1)] = -1
    return np.sort(np.argsort(key, kind="stable")[:MAX_ARCS])


def _boxes(mask: NDArray[np.bool_], columns: Ints) -> Ints:
    """Return boxes int32 (E, 4) of arcs over ``columns`` int32 (E, 2), as high as their ink."""
    height = len(mask)
    band = _band(height)
    count = np.zeros((height, mask.shape[1] + 1), np.int32)
    np.cumsum(mask, axis=1, out=count[:, 1:])
    inked = (count[:, columns[:, 1]] > count[:, columns[:, 0]])[band]  # (rows, E)
    y0 = band.start + np.argmax(inked, axis=0)
    y1 = band.stop - np.argmax(inked[::-1], axis=0)
    unclear = ~inked.any(axis=0) | (y1 - y0 < GLYPH_HEIGHT // 2)
    y0 = np.where(unclear, (height - GLYPH_HEIGHT) // 2, y0)
    y1 = np.where(unclear, (height + GLYPH_HEIGHT) // 2, y1)
    return np.stack([columns[:, 0], y0, columns[:, 1], y1], axis=1).astype(np.int32)
