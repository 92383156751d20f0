"""Parametric faces: skeletons of every glyph, drawn with a pen whose every property is random.

Makers invent their own faces, so no set of fonts covers them. A style takes the skeletons, rounds their corners, sets
the pen to them and spaces the result; two styles never look the same.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import radians, tan

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.drawing.skeletons import FRAME, FULL_STAR, HOLLOW_STAR, SKELETONS, SLABBED, STAR, WIDTHS, Path, parse
from vinchar.types import Gray

CAP_HEIGHT = 64
SCALE, SHIFT = 3, 4  # supersampling, and fractional bits of cv2 coordinates
FINEST = {"*": 0.08, HOLLOW_STAR: 0.07, FULL_STAR: 0.0, FRAME: 0.1}  # widest pen that keeps a mark open
_TIME = np.linspace(0, 1, 9)[:, None]
BEZIER = (1 - _TIME) ** np.array([3, 2, 1, 0]) * _TIME ** np.array([0, 1, 2, 3]) * (1, 3, 3, 1)  # (9, 4)


@dataclass(frozen=True)
class Style:
    """The pen and the proportions of a stroke face; lengths are fractions of the cap height."""

    pen: float = 0.12  # width of upright strokes
    contrast: float = 1.0  # level strokes over upright ones
    aspect: float = 0.6  # width of an ordinary glyph
    roundness: float = 1.0  # 0 square corners, 1 full bowls
    stadium: float = 0.5  # 0 elliptic bowls, 1 circular corners with straight sides between
    bulge: float = 0.55  # 0.55 draws circles; more is squarer
    waist: float = 0.48  # height of the middle bar, from the top
    middle: float = 5.0  # middle vertex of M (of W: 8 less this), in grid units
    slant: float = 0.0  # degrees
    slab: float = 0.0  # length of serifs
    square: bool = True  # square ends and sharp corners, or round ones
    gap: float = 0.2  # space between glyphs
    mono: bool = False
    peen: float = 0.0  # spacing of dots along the strokes; 0 draws the strokes whole
    forms: dict[str, int] = field(default_factory=dict)  # which form of a glyph, first if absent


def _rounded(points: Path, soft: NDArray[np.bool_], closed: bool, style: Style) -> Path:
    """Replace the soft corners of a path by elliptic quarters (cubic curves), as round as the style says."""
    here = np.arange(len(points))
    beside = np.stack([here - 1, (here + 1) % len(points)], axis=1)  # (N, 2)
    corners = points[:, None]  # (N, 1, 2)
    arms = points[beside] - corners  # (N, 2, 2)
    lengths = np.maximum(np.hypot(arms[..., 0], arms[..., 1]), 1e-6)  # (N, 2)
    # A corner shares an edge with the next one if that is soft too; a free edge is nearly all its own.
    reach = lengths * np.where(soft[beside], 0.5, 0.9)
    reach = style.roundness * ((1 - style.stadium) * reach + style.stadium * reach.min(axis=1, keepdims=True))
    ends = corners + arms * (reach / lengths)[..., None]
    controls = ends + style.bulge * (corners - ends)
    curves = BEZIER @ np.stack([ends[:, 0], controls[:, 0], controls[:, 1], ends[:, 1]], axis=1)  # (N, 9, 2)
    whole = np.concatenate([curves[i] if soft[i] else points[i : i + 1] for i in here])
    return np.concatenate([whole, whole[:1]]) if closed else whole


@dataclass(frozen=True)
class Stroke:
    """A centre line in pixels, float64 (N, 2); a closed one ends where it began.

    ``inner``: does the first, does the last end lie within the frame? There the pen stops short by half its width, so
    that apertures stay open; an end on the frame's edge already lies that far within it.
    """

    points: Path
    closed: bool
    inner: tuple[bool, bool] = (False, False)


class StrokeFace:
    """A face drawn from SKELETONS with one ``Style``; glyphs are drawn when first asked for, then kept."""

    def __init__(self, style: Style, name: str = "stroke") -> None:
        self.name = name
        self.style = style
        self._glyphs: dict[str, tuple[Gray, float, float]] = {}

    def glyph(self, char: str) -> Gray:
        """Return the coverage of ``char``, uint8 (CAP_HEIGHT, width), tight from left to right."""
        return self._drawn(char)[0]

    def bearing(self, char: str) -> float:
        """Return how far right of the pen the mask of ``char`` begins, in pixels."""
        return self._drawn(char)[1]

    def advance(self, char: str) -> float:
        """Return how far ``char`` moves the pen, in pixels."""
        return self._drawn(char)[2]

    def _drawn(self, char: str) -> tuple[Gray, float, float]:
        if char not in self._glyphs:
            width = self._width(char)
            mask, left = self._mask(char, width)
            gap = CAP_HEIGHT * self.style.gap
            advance = 1.1 * CAP_HEIGHT * self.style.aspect + gap if self.style.mono else width + gap
            mask.setflags(write=False)
            self._glyphs[char] = mask, left + (advance - width) / 2, advance
        return self._glyphs[char]

    def _pen(self, char: str) -> float:
        """Return the pen's width in pixels; a thick pen would drown some marks."""
        return CAP_HEIGHT * min(self.style.pen, FINEST.get(char, 1.0))

    def _width(self, char: str) -> float:
        if char in (HOLLOW_STAR, FULL_STAR):
            return float(CAP_HEIGHT)
        if char == "*":
            return CAP_HEIGHT / 2
        bare = char == "1" and self.style.forms.get("1") == 1
        relative = 0.3 if bare else WIDTHS.get(char, 1.0)
        relative = min(relative, 1.1) if self.style.mono else relative
        return CAP_HEIGHT * max(self.style.aspect * relative, (1.0 if relative < 0.5 else 2.2) * self.style.pen)

    def strokes(self, char: str, width: float) -> list[Stroke]:
        """Return the centre lines of ``char`` in pixels of a frame ``width`` by CAP_HEIGHT."""
        style = self.style
        if char in (HOLLOW_STAR, FULL_STAR):
            room = CAP_HEIGHT - 2 * self._pen(char)  # mitred points reach further than the pen
            return [Stroke(CAP_HEIGHT / 2 + (STAR - 4) / 8 * room, True)]
        forms = SKELETONS["6" if char == "9" else char]
        form = forms[style.forms.get(char, 0) % len(forms)]
        pen = self._pen(char)
        strokes = []
        middle = {"M": style.middle, "W": 8 - style.middle}.get(char, 4.0)
        for points, soft, closed in parse(form, middle):
            if char == "9":
                points = 8 - points
            level = np.interp(points[:, 1], (0, 4, 8), (0, 8 * style.waist, 8)) if char.isalnum() else points[:, 1]
            inset = pen * np.array([1, style.contrast])
            grid = np.stack([points[:, 0], level], axis=1) / 8
            pixels = inset / 2 + grid * (np.array([width, CAP_HEIGHT]) - inset)
            serifs = list(_serifs(pixels, points, closed, CAP_HEIGHT * style.slab)) if char in SLABBED else []
            inner = (False, False) if closed else (_is_inner(points[0], points[1]), _is_inner(points[-1], points[-2]))
            strokes += [Stroke(_rounded(pixels, soft, closed, style), closed, inner)]
            strokes += [Stroke(serif, False) for serif in serifs]
        return strokes

    def _mask(self, char: str, width: float) -> tuple[Gray, float]:
        """Return the mask of ``char`` and how far right of its frame's left edge it begins."""
        style = self.style
        margin = CAP_HEIGHT // 2
        shear = tan(radians(style.slant))
        canvas = np.zeros((round(SCALE * CAP_HEIGHT / style.contrast), SCALE * int(width + 2 * margin)), np.uint8)
        pen = SCALE * self._pen(char)
        for stroke in self.strokes(char, width):
            points = stroke.points.copy()
            points[:, 0] += margin + shear * (CAP_HEIGHT / 2 - points[:, 1])
            points *= (SCALE, SCALE / style.contrast)  # here the pen is round, whatever its contrast
            if char == FULL_STAR:
                _fill(canvas, points)
            elif style.peen:
                _draw_dots(canvas, points, pen, style.peen * pen)
            else:
                points = _trimmed(points, *(pen / 2 * end for end in stroke.inner))
                _draw_stroke(canvas, points, stroke.closed, pen, style.square)
        mask = cv2.resize(canvas, (canvas.shape[1] // SCALE, CAP_HEIGHT), interpolation=cv2.INTER_AREA)
        inked = np.flatnonzero(mask.max(axis=0) > 8)
        return np.array(mask[:, inked[0] : inked[-1] + 1], np.uint8), float(inked[0] - margin)


def _is_inner(end: Path, neighbour: Path) -> bool:
    """Return whether a path, in grid units, ends short of the frame's edge that it runs towards."""
    along = int(np.argmax(abs(end - neighbour)))
    return bool(0 < end[along] < 8)


def _trimmed(points: Path, first: float, last: float) -> Path:
    """Return a path shortened by so much at its ends, though by at most two thirds."""
    along = np.concatenate([[0], np.cumsum(np.hypot(*np.diff(points, axis=0).T))])
    low, high = min(first, along[-1] / 3), along[-1] - min(last, along[-1] / 3)
    if low <= 0 and high >= along[-1]:
        return points
    places = np.concatenate([[low], along[(along > low) & (along < high)], [high]])
    return np.stack([np.interp(places, along, points[:, axis]) for axis in (0, 1)], axis=1)


def _serifs(pixels: Path, grid: Path, closed: bool, slab: float) -> Iterator[Path]:
    """Yield level slabs at the feet and heads of upright strokes, and ticks at the ends of level arms."""
    if not slab:
        return
    last = len(grid) - 1
    for i, (x, y) in enumerate(pixels):
        ends = not closed and i in (0, last)
        neighbours = [j for j in (i - 1, i + 1) if closed or 0 <= j <= last]
        runs = [abs(grid[i] - grid[j % (last + 1)]) for j in neighbours]
        upright = [run[1] > run[0] for run in runs]
        if grid[i, 1] not in (0, 8):
            continue
        # A corner carries a slab if a stem meets it, but not the lower right one of N, where a diagonal does.
        corner = any(run[0] == 0 for run in runs) and grid[i].sum() < 12
        if upright == [True] if ends else corner:
            yield np.array([[x - slab, y], [x + slab, y]])
        elif ends:
            yield np.array([[x, y], [x, y + (1.6 * slab if grid[i, 1] == 0 else -1.6 * slab)]])


def _fixed(points: Path) -> NDArray[np.int32]:
    return np.asarray(np.round(points * 2**SHIFT), np.int32)


def _fill(canvas: Gray, points: Path) -> None:
    cv2.fillPoly(canvas, [_fixed(points)], 255, shift=SHIFT)


def _draw_dots(canvas: Gray, points: Path, pen: float, spacing: float) -> None:
    steps = np.hypot(*np.diff(points, axis=0).T)
    along = np.concatenate([[0], np.cumsum(steps)])
    places = np.linspace(0, along[-1], max(round(along[-1] / spacing), 1) + 1)
    for x, y in zip(np.interp(places, along, points[:, 0]), np.interp(places, along, points[:, 1]), strict=True):
        centre = _fixed(np.array([x, y]))
        cv2.circle(canvas, (int(centre[0]), int(centre[1])), int(pen / 2 * 2**SHIFT), 255, -1, shift=SHIFT)


def _draw_stroke(canvas: Gray, points: Path, closed: bool, pen: float, square: bool) -> None:
    """Draw a stroke with round joins and ends; a square pen then gets its corners filled and its ends extended."""
    cv2.polylines(canvas, [_fixed(points)], False, 255, max(round(pen), 1), shift=SHIFT)
    if not square:
        return
    edges = np.diff(points, axis=0)
    directions = edges / np.maximum(np.hypot(edges[:, 0], edges[:, 1]), 1e-6)[:, None]
    normals = directions[:, ::-1] * (-1, 1)
    before = directions[np.arange(-1, len(directions) - 1)]
    turns = before[:, 0] * directions[:, 1] - before[:, 1] * directions[:, 0]  # sines
    last = len(directions) - 1
    half = pen / 2
    if not closed:
        for end, way, normal in ((points[0], -directions[0], normals[0]), (points[-1], directions[-1], normals[-1])):
            # Slanted strokes run on until the frame cuts them level.
            reach = half if min(abs(way)) < 0.2 else pen
            corners = [end + half * normal, end - half * normal]
            _fill(canvas, np.array([*corners, corners[1] + reach * way, corners[0] + reach * way]))
    for i in range(0 if closed else 1, last + 1):
        turn = turns[i]
        if abs(turn) < 0.3:
            continue  # within a curve
        side = -1.0 if turn > 0 else 1.0
        outer = [points[i] + side * half * n for n in (normals[i - 1], normals[i])]
        bisector = (normals[i - 1] + normals[i]) * side
        reach = 2 * half / max(float(bisector @ bisector), 0.35)
        _fill(canvas, np.array([points[i], outer[0], points[i] + reach * bisector, outer[1]]))


def stroke_face(rng: np.random.Generator) -> StrokeFace:
    """Return a stroke face with every property drawn from ``rng``."""
    aspect = float(rng.uniform(0.42, 0.85)) if rng.random() < 0.85 else float(rng.uniform(0.85, 1.3))
    pen = min(float(np.exp(rng.uniform(np.log(0.045), np.log(0.17)))), aspect / 3.8)
    square = bool(rng.random() < 0.55)
    # Longer serifs would close the U of a narrow face.
    slab = min(float(rng.uniform(0.06, 0.14)), pen / 2 + 0.13 * (aspect - 2 * pen)) if rng.random() < 0.15 else 0.0
    forms = {char: int(rng.integers(len(f))) for char, f in SKELETONS.items() if rng.random() < 0.6}
    forms["9"] = forms.get("6", 0)
    style = Style(
        pen=pen,
        contrast=float(rng.uniform(0.6, 1.05)) if rng.random() < 0.4 else 1.0,
        aspect=aspect,
        roundness=float(rng.uniform(0.42 + pen * (1.2 if square else 2.4), 1.0)),  # else 8 is B, and 0 is D
        stadium=float(rng.random()),
        bulge=float(rng.uniform(0.45, 0.72)),
        waist=float(rng.uniform(0.42, 0.54)),
        middle=float(rng.uniform(3.5, 8.0)),
        slant=float(rng.normal(0, 4)) if rng.random() < 0.2 else 0.0,
        slab=slab,
        square=square,
        gap=float(rng.uniform(0.1, 0.4)) + 1.5 * slab,
        mono=bool(rng.random() < 0.5),
        peen=float(rng.uniform(0.7, 1.5)) if rng.random() < 0.1 else 0.0,
        forms=forms,
    )
    return StrokeFace(style)
