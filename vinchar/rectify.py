"""Photo and quad to strip: a small learned net finds the line, coarse to fine, and the picture is straightened to it.

Everything is sampled through a *ruled frame*: for each column of the wanted picture the photo points of its top and of
its bottom edge. A quad is a frame with straight edges; what the net finds in a frame (the line's centre, height and
slant for every column) bends it into the next, finer one. So bowed lines need no case of their own, and every pixel
comes straight from the photo, whatever the number of passes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.resizing import resized
from vinchar.session import open_session
from vinchar.types import GLYPH_HEIGHT, STRIP_HEIGHT, STRIP_WIDTH, Gray, Quad, Strip

LINE_HEIGHT, LINE_WIDTH = 64, 256
LINE_STRIDE = 4  # columns of the line picture for one answer of the net
# How much of the line picture's width the VIN, and of its height a glyph, takes in the fine pass.
FINE_LENGTH, FINE_GLYPH = 0.8, 0.4
JOINED = 400  # columns of the frame of several rows: what lies between the rows is narrower than a pixel
NEAR = 0.05  # columns nearer to an end than this, in parts of the width, count alike in telling where it is
ELSEWHERE = 0.3  # glyph heights: a line fitted to half of the columns that ends so far away is another one
GRID = 2**-12  # parts of a frame to which lines are rounded: the last bits of a net's answers depend on the processor
STRIP_START, STRIP_END = 30, 370  # columns of a strip between which the VIN lies if the line's ends are right
Edges = NDArray[np.float32]


@dataclass(frozen=True, eq=False, slots=True)
class Line:
    """A line of text found in a frame, in parts of its width and height.

    ``start``, ``end``: where the VIN begins and ends; ``centre``, ``height``, ``slant``: coefficients, float64, highest
    power first, of polynomials of x in -1..1 over the frame's width; ``light``: probability of light glyphs on dark;
    ``said`` float32 (64, 7): the net's answers that the line was fitted to, if it was.
    """

    start: float
    end: float
    centre: NDArray[np.float64]
    height: NDArray[np.float64]
    slant: NDArray[np.float64]
    light: float
    said: NDArray[np.float32] | None = None


def frame_of_quad(quad: Quad) -> Edges:
    """Return the frame, float32 (2, 2, 2), whose corners are the quad's."""
    top_left, top_right, bottom_right, bottom_left = quad.points
    return np.array([[top_left, top_right], [bottom_left, bottom_right]], np.float32)


def frame_of_rows(rows: tuple[Quad, ...]) -> Edges:
    """Return the frame, float32 (2, n, 2), of rows set one after the other as if they were one line.

    A row takes as much of the width as its length and height ask for.
    """
    frames = [frame_of_quad(quad) for quad in rows]
    sides = np.array([np.linalg.norm([f[0, 1] - f[0, 0], f[1, 0] - f[0, 0]], axis=1) for f in frames])
    shape = sides[:, 0] / np.maximum(sides[:, 1], 1e-6)
    columns = np.maximum(2, np.round(JOINED * shape / shape.sum())).astype(int)
    parts = [frame_at(frame, (np.arange(n) + 0.5) / n) for frame, n in zip(frames, columns, strict=True)]
    return np.concatenate(parts, 1).astype(np.float32)


def frame_of_picture(shape: tuple[int, ...]) -> Edges:
    """Return the frame, float32 (2, 2, 2), of a whole picture of this shape."""
    height, width = shape[:2]
    return np.array([[[0, 0], [width, 0]], [[0, height], [width, height]]], np.float32)


def turn_round(edges: Edges) -> Edges:
    """Return the frame seen upside down, float32 of the same shape."""
    return np.ascontiguousarray(edges[::-1, ::-1])


def taller(edges: Edges, height: float) -> Edges:
    """Return the frame ``height`` times as high about its middle, float32 of the same shape."""
    middle = edges.mean(0)
    return np.asarray(middle + (edges - middle) * np.float32(height), np.float32)


def frame_at(edges: Edges, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return top and bottom points, float64 (2, n, 2), at the parts ``x`` of the width; outside 0..1 straight on."""
    last = edges.shape[1] - 1
    position = x * last
    low = np.clip(np.floor(position), 0, last - 1).astype(np.int64)
    share = (position - low)[None, :, None]
    return np.asarray((1 - share) * edges[:, low] + share * edges[:, low + 1], np.float64)


def bend(edges: Edges, line: Line, length: float, glyph: float, columns: int) -> Edges:
    """Return the finer frame, float32 (2, columns + 1, 2), round a line found in ``edges``.

    The VIN takes ``length`` of the new width, a glyph ``glyph`` of the new height.
    """
    margin = (1 - length) / 2
    part = (np.arange(columns + 1) / columns - margin) / length
    x = line.start + part * (line.end - line.start)
    at = np.clip(2 * x - 1, -1.3, 1.3)
    centre, height = np.polyval(line.centre, at), np.polyval(line.height, at)
    lean = np.polyval(line.slant, at)  # parts of the width for one part of the height
    reach = np.maximum(height, 0.02) / glyph / 2
    out = np.empty((2, columns + 1, 2), np.float32)
    for side, sign in ((0, -1.0), (1, 1.0)):
        y = centre + sign * reach
        ends = frame_at(edges, x - sign * lean * reach)
        out[side] = ends[0] + (ends[1] - ends[0]) * y[:, None]
    return out


def move_ends(line: Line, first: float, last: float) -> Line:
    """Return the line with its ends where the strip that was cut along it has the columns ``first`` and ``last``."""
    column = (line.end - line.start) / (STRIP_END - STRIP_START)
    return replace(line, start=line.start + (first - STRIP_START) * column, end=line.end + (last - STRIP_END) * column)


def sample(gray: Gray, edges: Edges, height: int, width: int) -> Gray:
    """Return the frame's picture, uint8 (height, width), each pixel gathered from its whole area in the photo."""
    top, bottom = frame_at(edges, (np.arange(width) + 0.5) / width)
    down = bottom - top
    rows = ((np.arange(height) + 0.5) / height)[:, None]
    ends = np.concatenate([top + down * rows[0], top + down * rows[-1]])  # of the columns: all pixels lie between
    low = np.clip(np.floor(ends.min(0)).astype(int) - 8, 0, [gray.shape[1] - 1, gray.shape[0] - 1])
    high = np.maximum(np.minimum(np.ceil(ends.max(0)).astype(int) + 8, [gray.shape[1], gray.shape[0]]), low + 1)
    part = gray[low[1] : high[1], low[0] : high[0]]
    step = np.linalg.norm(np.diff(top + down * rows[height // 2], axis=0), axis=1).mean()
    shrink = float(min(step, np.linalg.norm(down[width // 2]) / height))
    scale = np.ones(2)
    if shrink > 1.5 and min(part.shape) > 2 * shrink:
        size = max(1, round(part.shape[1] / shrink)), max(1, round(part.shape[0] / shrink))
        scale = np.array([size[0] / part.shape[1], size[1] / part.shape[0]])
        part = resized(part, *size)
    start, down = ((top - low) * scale - 0.5).astype(np.float32), (down * scale).astype(np.float32)
    rows = rows.astype(np.float32)
    x, y = (start[:, axis] + down[:, axis] * rows for axis in (0, 1))  # (height, width)
    picture = cv2.remap(part, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(picture, np.uint8)


def level_contrast(gray: Gray, inverted: bool = False) -> Gray:
    """Return the strip with its local mean and deviation evened out, uint8 of the same shape, glyphs light.

    The window is wider than three glyphs, so a reflection's edge inside the strip fades while strokes stay.
    """
    picture = gray.astype(np.float32)
    size = (2 * int(0.8 * gray.shape[0]) + 1, 2 * gray.shape[0] - 1)
    mean = cv2.blur(picture, size, borderType=cv2.BORDER_REFLECT_101)
    square = cv2.blur(picture * picture, size, borderType=cv2.BORDER_REFLECT_101)
    deviation = np.sqrt(np.maximum(square - mean * mean, 0))
    scaled = (picture - mean) / (deviation + 2.0) * (-44 if inverted else 44) + 96
    return np.asarray(np.clip(scaled, 0, 255), np.uint8)


def fit_line(out: NDArray[np.float32]) -> Line | None:
    """Fit smooth curves to what the net says of every column, float32 (64, 7); None where it sees no line."""
    x, inside = _inside(out)
    count = len(inside)
    total = np.concatenate([[0], np.cumsum(inside - 0.5)])
    # The run of columns with the greatest sum of (probability - 1/2).
    lowest = np.minimum.accumulate(total)
    last = int(np.argmax(total - lowest))
    first = int(np.argmin(total[: last + 1]))
    if last - first < count // 8:
        return None
    weight = np.zeros(count)
    weight[first:last] = inside[first:last]
    start, end = _ends(out, x, weight)
    if end - start < 1 / 8:
        return None
    centre, height, slant = _curves(out, x, weight, (2, 1, 1))
    light = float((1 / (1 + np.exp(-np.clip(out[:, 4], -30, 30))) * weight).sum() / weight.sum())
    return Line(start, end, centre, height, slant, light, out)


def fit_halves(line: Line) -> list[Line]:
    """Return the straight lines that either half of the columns alone give, where they lead elsewhere than the line.

    Where a second line of text is near, the net may see the VIN in some columns and the other line in the rest, and the
    curve through both misses both. None of a line that was not fitted to a net's answers.
    """
    if line.said is None:
        return []
    x, inside = _inside(line.said)
    middle = (line.start + line.end) / 2
    halves = []
    for half in (x >= line.start) & (x <= middle), (x >= middle) & (x <= line.end):
        weight = inside * half
        if weight.sum() < len(x) / 16:
            continue
        start, end = _ends(line.said, x, weight)
        centre, height, slant = _curves(line.said, x, weight, (1, 0, 0))
        at = 2 * np.array([line.start, line.end]) - 1
        apart = np.abs(np.polyval(centre, at) - np.polyval(line.centre, at)).max() / max(float(height[0]), 0.02)
        if apart >= ELSEWHERE and end - start >= 1 / 8:
            halves.append(Line(start, end, centre, height, slant, line.light))
    return halves


def _inside(out: NDArray[np.float32]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return where the columns are, in parts of the width, and their probabilities of being inside the VIN."""
    return (np.arange(len(out)) + 0.5) / len(out), 1 / (1 + np.exp(-np.clip(out[:, 0].astype(np.float64), -30, 30)))


def _ends(out: NDArray[np.float32], x: NDArray[np.float64], weight: NDArray[np.float64]) -> tuple[float, float]:
    """Return where the columns, at ``x``, say that the line starts and ends."""
    start = _weighted_median(x - out[:, 5], weight / (NEAR + np.abs(out[:, 5])))
    end = _weighted_median(x + out[:, 6], weight / (NEAR + np.abs(out[:, 6])))
    return float(_on_grid(start)), float(_on_grid(end))


def _curves(
    out: NDArray[np.float32], x: NDArray[np.float64], weight: NDArray[np.float64], degrees: tuple[int, int, int]
) -> list[NDArray[np.float64]]:
    """Return the polynomials of centre, height and slant: least squares, reweighted against outliers (Huber 1964)."""
    most = max(degrees)
    powers = np.vander(2 * x - 1, most + 1)  # (n, p)
    y = out[:, 1:4].T.astype(np.float64)  # (3, n)
    # Columns in the middle alone must not bend the ends; and no power is higher than the curve's degree.
    held = [[1e-2 if most - k <= degree else 1e9 for k in range(most)] + [1e-9] for degree in degrees]
    ridge = np.array([np.diag(row) for row in held])  # (3, p, p)
    pull = np.tile(weight, (3, 1))
    for _ in range(3):
        weighted = powers.T * pull[:, None]  # (3, p, n)
        curves = np.linalg.solve(weighted @ powers + ridge, (weighted @ y[..., None]))[..., 0]
        residual = np.abs(y - curves @ powers.T)
        scale = np.maximum(1.5 * (residual @ weight) / weight.sum(), 1.5e-4)
        pull = weight * np.minimum(1, scale[:, None] / np.maximum(residual, 1e-9))
    curves[2] *= LINE_HEIGHT / LINE_WIDTH
    return [_on_grid(curve[most - degree :]) for curve, degree in zip(curves, degrees, strict=True)]


def _on_grid(values: float | NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(np.rint(np.asarray(values) / GRID) * GRID)


def _weighted_median(values: NDArray[np.float64], weights: NDArray[np.float64]) -> float:
    order = np.argsort(values)
    total = np.cumsum(weights[order])
    return float(values[order[np.searchsorted(total, total[-1] / 2)]])


class Rectifier:
    """The learned rectifier in ONNX. Safe to share between threads."""

    def __init__(self, path: Path) -> None:
        self._session = open_session(path)

    def outputs(self, pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
        """Return what the net says, float32 (B, 64, 7), of line pictures uint8 (B, 64, 256)."""
        batch = pictures[..., None].astype(np.float32) / 255
        (out,) = self._session.run(None, {self._session.get_inputs()[0].name: batch})
        return np.asarray(out, np.float32)

    def lines(self, gray: Gray, frames: Sequence[Edges]) -> list[Line | None]:
        """Find the line in every frame, in one pass of the net."""
        pictures = np.stack([line_picture(gray, edges) for edges in frames])
        return [fit_line(out) for out in self.outputs(pictures)]

    def refine(self, gray: Gray, edges: Edges, passes: int) -> tuple[Edges, Line] | None:
        """Return the frame after ``passes`` coarse-to-fine passes and the last line found in it; None without one."""
        line = self.lines(gray, [edges])[0]
        for _ in range(passes - 1):
            if line is None:
                return None
            finer = bend(edges, line, FINE_LENGTH, FINE_GLYPH, LINE_WIDTH // 4)
            found = self.lines(gray, [finer])[0]
            if found is None:
                break
            edges, line = finer, found
        return None if line is None else (edges, line)


def line_picture(gray: Gray, edges: Edges) -> Gray:
    """Return what the net sees of a frame, uint8 (64, 256): the picture with its contrast stretched."""
    picture = sample(gray, edges, LINE_HEIGHT, LINE_WIDTH)
    return stretch_contrast(picture)


def stretch_contrast(picture: Gray) -> Gray:
    """Return the picture with its 1st and 99th percentile at 0 and 255, uint8."""
    low, high = np.percentile(picture[::2, ::2], (1, 99))
    scale = 255 / max(float(high - low), 16.0)
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(picture, low), alpha=scale), np.uint8)


def cut_strip(gray: Gray, edges: Edges, line: Line, inverted: bool) -> Strip:
    """Cut the strip along a line found in a frame: 17 glyphs over 340 of 400 columns, glyphs 26 of 40 rows."""
    frame = bend(edges, line, (STRIP_END - STRIP_START) / STRIP_WIDTH, GLYPH_HEIGHT / STRIP_HEIGHT, STRIP_WIDTH)
    picture = sample(gray, frame, STRIP_HEIGHT, STRIP_WIDTH)
    return Strip(level_contrast(picture, inverted), frame, inverted)
