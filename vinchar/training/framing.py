"""Rough cut-outs of synthetic scenes, as a locator or a person leaves them, and what the rectifier should say there."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, LINE_HEIGHT, LINE_STRIDE, LINE_WIDTH, Edges, frame_at

Quads = NDArray[np.float32]
TARGETS = 8  # inside, centre, height, slant, light, columns since the start, columns to the end, weight of the geometry


def draw_box_frame(quads: Quads, rng: np.random.Generator) -> Edges:
    """Return an upright box round the VIN with loose margins, as an annotator or a detector gives it."""
    points = quads.reshape(-1, 2)
    low, high = points.min(0), points.max(0)
    size = high - low
    loose = rng.random() < 0.3
    margin_x = rng.uniform(-0.015, 0.4 if loose else 0.12, 2) * size[0]
    margin_y = rng.uniform(-0.05, 1.2 if loose else 0.4, 2) * size[1]
    x0, y0, x1, y1 = low[0] - margin_x[0], low[1] - margin_y[0], high[0] + margin_x[1], high[1] + margin_y[1]
    return np.array([[[x0, y0], [x1, y0]], [[x0, y1], [x1, y1]]], np.float32)


def draw_level_frame(quads: Quads, rng: np.random.Generator, spread: float) -> Edges:
    """Return a frame along the line, off by a random amount: as an earlier pass or a locator's quad leaves it.

    ``spread`` 1 is the error before the second pass, 3 that of a rough locator. In training the former is 1.6, so that
    where the ends usually lie tells less than what is there to see.
    """
    left, right = quads[0, [0, 3]].mean(0), quads[-1, [1, 2]].mean(0)
    along = right - left
    up = (quads[:, 0] - quads[:, 3]).mean(0)
    length = FINE_LENGTH * np.exp(rng.normal(0, 0.06 * spread))
    glyph = FINE_GLYPH * np.exp(rng.normal(0, 0.12 * spread))
    turn = rng.normal(0, 0.25 * spread) * up  # the far end is up or down by this much
    middle = (left + right) / 2 + rng.normal(0, 0.025 * spread) * along + rng.normal(0, 0.2 * spread) * up
    lean = rng.normal(0, 0.15 * spread) * np.linalg.norm(up) / max(float(np.linalg.norm(along)), 1e-6)
    half = (along + turn) / length / 2
    rise = (up + lean * along) / glyph / 2
    corners = [middle - half + rise, middle + half + rise, middle - half - rise, middle + half - rise]
    return np.array([corners[:2], corners[2:]], np.float32)


def draw_frame(quads: NDArray[np.float32], rng: np.random.Generator) -> Edges:
    """Return a frame as one of the reader's stages has it: an upright box, a locator's quad, an earlier pass."""
    kind = rng.random()
    if kind < 0.5:
        return draw_box_frame(quads, rng)
    return draw_level_frame(quads, rng, 1.6 if kind < 0.8 else 3.0)


def place_in_frame(points: NDArray[np.float32], edges: Edges) -> NDArray[np.float64]:
    """Return photo points (..., 2) in parts of the frame's width and height, float64 of the same shape.

    The column through a point is where the point changes sides of the frame's upright lines; exact for a ruled frame
    up to its sampling.
    """
    flat = points.reshape(-1, 2).astype(np.float64)
    x = np.linspace(-0.5, 1.5, 2 * max(edges.shape[1] - 1, 32) + 1)
    top, bottom = frame_at(edges, x)
    upright = bottom - top  # (n, 2)
    offset = flat[:, None] - top[None]
    side = upright[None, :, 0] * offset[..., 1] - upright[None, :, 1] * offset[..., 0]  # (points, n)
    change = (side[:, :-1] > 0) != (side[:, 1:] > 0)
    middle = np.abs(np.arange(change.shape[1]) - change.shape[1] / 2)
    low = np.where(change, middle, np.inf).argmin(1)  # of several crossings the one nearest the frame's middle
    row = np.arange(len(flat))
    before, after = side[row, low], side[row, low + 1]
    share = np.clip(before / np.where(before == after, 1, before - after), 0, 1)
    out_x = x[low] + share * (x[low + 1] - x[low])
    out_x = np.where(change.any(1), out_x, np.where(side[:, 0] > 0, 2.0, -1.0))
    ends = frame_at(edges, out_x)
    line = ends[1] - ends[0]
    out_y = ((flat - ends[0]) * line).sum(1) / np.maximum((line * line).sum(1), 1e-9)
    return np.stack([out_x, out_y], 1).reshape(points.shape)


def line_targets(quads: Quads, edges: Edges, light: bool) -> NDArray[np.float32]:
    """Return what the rectifier should say of the frame, float32 (64, 8); see ``nets.rectifier``."""
    count = LINE_WIDTH // LINE_STRIDE
    placed = place_in_frame(quads, edges) * [LINE_WIDTH, LINE_HEIGHT]  # (17, 4, 2) in picture pixels
    x = (np.arange(count) + 0.5) * LINE_STRIDE
    centre, top, bottom = placed.mean(1), placed[:, :2].mean(1), placed[:, 2:].mean(1)
    order = np.argsort(centre[:, 0])
    at = centre[order, 0]
    height = bottom[:, 1] - top[:, 1]
    slant = (top[:, 0] - bottom[:, 0]) / np.maximum(height, 1e-3)
    start, end = placed[0, [0, 3], 0].mean(), placed[-1, [1, 2], 0].mean()
    target = np.zeros((count, TARGETS), np.float32)
    target[:, 0] = np.clip(
        np.minimum(x + LINE_STRIDE / 2, end) - np.maximum(x - LINE_STRIDE / 2, start), 0, LINE_STRIDE
    )
    target[:, 0] /= LINE_STRIDE
    slope = np.polyfit(at, centre[order, 1], 1)
    level = centre[order, 1] - np.polyval(slope, at)
    target[:, 1] = (np.polyval(slope, x) + np.interp(x, at, level)) / LINE_HEIGHT
    target[:, 2] = np.interp(x, at, height[order]) / LINE_HEIGHT
    target[:, 3] = np.clip(np.interp(x, at, slant[order]), -4, 4)
    target[:, 4] = light
    target[:, 5] = (x - start) / LINE_WIDTH
    target[:, 6] = (end - x) / LINE_WIDTH
    target[:, 7] = (x > start - 6) & (x < end + 6)
    return target
