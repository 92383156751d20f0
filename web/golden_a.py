"""Write ``test/golden/<stage>.json.gz``: what the stages of ``vinchar`` make of small pictures, for ``test/*.test.ts``.

``python web/golden_a.py [STAGE ...]``: those named, or all. The same every time, on one kind of processor.
"""

from __future__ import annotations

import base64
import gzip
import json
import sys
from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from vinchar.bundle import open_bundle
from vinchar.imaging import load
from vinchar.kind import guess_kind, light_glyph
from vinchar.locate import SIDE, Locator
from vinchar.quality import advice, measure
from vinchar.rectify import (
    FINE_GLYPH,
    FINE_LENGTH,
    LINE_WIDTH,
    Line,
    Rectifier,
    bend,
    cut_strip,
    fit_halves,
    fit_line,
    frame_of_quad,
    frame_of_rows,
    line_picture,
    move_ends,
    sample,
    taller,
    turn_round,
)
from vinchar.resizing import resized
from vinchar.rows import halves, is_high, pair_rows
from vinchar.straighten import Straightener
from vinchar.textlines import find_textlines
from vinchar.types import Quad

HERE = Path(__file__).parent
GOLDEN = HERE / "test" / "golden"
ROOT = HERE.parent
PHOTOS = ("windscreen-laser-strip", "frame-stamped")
ROOM = 40  # pixels round the VIN of a photo
Cases = list[dict[str, Any]]


def noise(seed: int, *shape: int) -> NDArray[np.uint8]:
    """Return grey levels without any pattern, which show every difference in arithmetic."""
    return np.random.default_rng(seed).integers(0, 256, shape).astype(np.uint8)


def blobs(seed: int, *shape: int) -> NDArray[np.uint8]:
    """Return a mask, 0 or 255, of blobs with holes and specks."""
    smooth = cv2.GaussianBlur(np.random.default_rng(seed).normal(size=shape), (0, 0), 1.5)
    return np.where(np.abs(smooth) > 0.15, 255, 0).astype(np.uint8)


def opencv() -> Cases:
    """What OpenCV makes of noise."""
    cases: Cases = []

    def add(name: str, out: Any, **given: Any) -> None:
        cases.append({"name": name, "out": out, **given})

    gray = noise(1, 37, 53)
    for name, kind, sizes in (
        ("resizeLinear", cv2.INTER_LINEAR, ((101, 80), (54, 38), (106, 74))),
        ("resizeCubic", cv2.INTER_CUBIC, ((101, 80), (54, 38), (159, 111))),
        ("resizeArea", cv2.INTER_AREA, ((20, 30), (52, 36), (7, 5), (53, 20), (1, 1))),
    ):
        for size in sizes:
            add(name, cv2.resize(gray, size, interpolation=kind), gray=gray)
    even = noise(2, 36, 48)
    for size in ((24, 18), (16, 12), (24, 9)):
        add("resizeArea", cv2.resize(even, size, interpolation=cv2.INTER_AREA), gray=even)
    random = np.random.default_rng(3)
    x, y = random.uniform(-6, 60, (20, 50)).astype(np.float32), random.uniform(-6, 42, (20, 50)).astype(np.float32)
    add("remapCubic", cv2.remap(gray, x, y, cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE), gray=gray, x=x, y=y)
    plane = random.uniform(0, 1, (37, 53)).astype(np.float32)
    add("remapLinear", cv2.remap(plane, x, y, cv2.INTER_LINEAR, borderMode=cv2.BORDER_CONSTANT), plane=plane, x=x, y=y)
    levels = gray.astype(np.float32)
    for size in ((65, 79), (5, 3)):
        add("blur", cv2.blur(levels, size, borderType=cv2.BORDER_REFLECT_101), plane=levels, size=size)
    for sigma in (0.7, 1.0, 2.3):
        add("gaussianBlurGray", cv2.GaussianBlur(gray, (0, 0), sigma), gray=gray, sigma=sigma)
        add("gaussianBlur", cv2.GaussianBlur(levels, (0, 0), sigma), plane=levels, sigma=sigma)
    add("sobelX", cv2.Sobel(levels, cv2.CV_32F, 1, 0), plane=levels)
    add("sobelY", cv2.Sobel(levels, cv2.CV_32F, 0, 1), plane=levels)
    add("binomialBlur", cv2.GaussianBlur(gray, (3, 3), 0), gray=gray)
    for some in (gray, cv2.GaussianBlur(gray, (0, 0), 2.0)):
        add("topHat", cv2.morphologyEx(some, cv2.MORPH_TOPHAT, np.ones((15, 15), np.uint8)), gray=some)
    add("dilateRow", cv2.dilate(plane[:1], np.ones((1, 41), np.uint8)), plane=plane[:1])
    add("gradient", cv2.morphologyEx(gray, cv2.MORPH_GRADIENT, np.ones((3, 3), np.uint8)), gray=gray)
    for seed in range(3):
        some = np.clip(random.normal(60 + 40 * seed, 30, (20, 30)), 0, 255).astype(np.uint8)
        level, out = cv2.threshold(some, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        add("otsu", out, gray=some, level=level)
    for side in (11, 25):
        for dark, kind in ((False, cv2.THRESH_BINARY), (True, cv2.THRESH_BINARY_INV)):
            out = cv2.adaptiveThreshold(gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, kind, side, 4 if dark else -4)
            add("adaptiveThreshold", out, gray=gray, side=side, dark=dark)
    for seed in range(12):
        points = np.random.default_rng(20 + seed).integers(-20 * (seed % 3), 53 + 20 * (seed % 3), (3 + seed, 2))
        points[:, 1] = points[:, 1] * 37 // 53
        out = cv2.fillPoly(np.zeros((37, 53), np.uint8), [points.astype(np.int32)], 1)
        add("fillPolygon", out, points=points.astype(np.int32))
    for seed, shape in ((4, (41, 60)), (5, (40, 61)), (6, (1, 9)), (7, (9, 1))):
        mask = blobs(seed, *shape)
        _, labels, stats, middles = cv2.connectedComponentsWithStats(mask, connectivity=8)
        add("components", labels, gray=mask, stats=stats[1:], middles=middles[1:])
        contours, tree = cv2.findContours(mask, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
        outer = [c.ravel() for c, links in zip(contours, tree[0] if contours else (), strict=True) if links[3] < 0]
        add("contours", outer, gray=mask)
    return cases


def pictures() -> Cases:
    """Return the photos that the other stages are tried on: what is round the VIN in some of ``images/photos``."""
    return [{"name": name, "gray": photo(name)} for name in PHOTOS]


@cache
def photo(name: str) -> NDArray[np.uint8]:
    """Return the part round the VIN of a photo in ``images/photos``."""
    gray = load(ROOT / "images" / "photos" / f"{name}.jpg")
    points = bundle_locator().look(gray).lines(1)[0].points
    low = np.maximum(points.min(0) - ROOM, 0).astype(int)
    high = np.minimum(points.max(0) + ROOM, gray.shape[::-1]).astype(int)
    return np.ascontiguousarray(gray[low[1] : high[1], low[0] : high[0]])


@cache
def bundle_locator() -> Locator:
    return Locator(open_bundle().paths["locator"])


@cache
def bundle_rectifier() -> Rectifier:
    return Rectifier(open_bundle().paths["rectifier"])


def resizing() -> Cases:
    """Sizes smaller, much smaller and larger than the picture's."""
    gray = noise(8, 61, 83)
    sizes = ((83, 61), (40, 30), (41, 31), (17, 13), (9, 61), (120, 88), (1, 1))
    return [{"gray": gray, "out": resized(gray, *size)} for size in sizes]


class Shown:
    """In place of a network: keeps what it is shown, and answers with noise."""

    def __init__(self, answers: NDArray[np.float32]) -> None:
        self.answers, self.pictures = answers, np.zeros(0)

    def run(self, _: Any, feed: dict[str, NDArray[np.float32]], *__: Any) -> list[NDArray[np.float32]]:
        (self.pictures,) = feed.values()
        return [self.answers]


def locate() -> Cases:
    """What the locator is shown and what it makes of answers; and what the shipped one finds in photos."""
    gray, locator = noise(9, 19, 27), copy(bundle_locator())
    answers = np.random.default_rng(10).normal(size=(1, 16, 16, 2)).astype(np.float32)
    locator._session = shown = Shown(answers)
    heat = locator.look(gray)
    cases: Cases = [{"name": "fake", "gray": gray, "answers": answers, "maps": heat.maps, "cells": heat.cells}]
    cases[0]["shown"] = np.rint(shown.pictures * 255).astype(np.uint8)
    for name in PHOTOS:
        for side in (SIDE // 2, SIDE):
            heat = bundle_locator().look(photo(name), side)
            lines = heat.lines(8)
            centres = lines[0].points[:2] * np.float32(0.5) + lines[0].points[2:] * np.float32(0.5)
            case = {"name": name, "side": side, "centres": centres, "warmth": heat.warmth(centres)}
            case |= {"quads": np.array([q.points for q in lines]), "scores": [q.score for q in lines]}
            cases.append(case | ({"maps": heat.maps, "cells": heat.cells} if side < SIDE else {}))
    return cases


def line_of(line: Line | None) -> Any:
    """Return a line as JSON has it."""
    if line is None:
        return None
    numbers = {name: getattr(line, name) for name in ("start", "end", "light", "centre", "height", "slant")}
    return numbers | {"said": line.said}


def rectify() -> Cases:
    """Frames, what is sampled along them, and lines fitted to answers."""
    cases: Cases = []
    for name in PHOTOS:
        gray = photo(name)
        quad = bundle_locator().look(gray).lines(1)[0]
        edges = frame_of_quad(quad)
        line = bundle_rectifier().lines(gray, [edges])[0]
        assert line is not None
        strip = cut_strip(gray, edges, line, inverted=line.light < 0.5)
        finer = bend(edges, line, FINE_LENGTH, FINE_GLYPH, LINE_WIDTH // 4)
        moved = move_ends(line, 0, 410)
        case = {"name": name, "quad": quad.points, "edges": edges, "line": line_of(line), "finer": finer}
        case |= {"sampled": sample(gray, edges, 64, 256), "picture": line_picture(gray, edges)}
        case |= {"far": sample(gray, taller(edges, 3), 20, 40), "strip": strip.gray, "stripEdges": strip.edges}
        case |= {"taller": taller(edges, 1.3), "turned": turn_round(finer), "moved": [moved.start, moved.end]}
        case |= {"halves": [line_of(half) for half in fit_halves(line)]}
        cases.append(case)
    random = np.random.default_rng(11)
    for _ in range(4):
        rows = [
            Quad((np.float32([[0, 0], [99, 3], [98, 22], [1, 20]]) + random.normal(0, 6, (4, 2))).astype(np.float32))
        ]
        rows.append(Quad((rows[0].points + np.float32([random.uniform(-20, 20), 30])).astype(np.float32)))
        cases.append({"name": "rows", "rows": [q.points for q in rows], "edges": frame_of_rows(tuple(rows))})
        out = random.normal(0, 0.02, (64, 7)).astype(np.float32)
        x = (np.arange(64) + 0.5) / 64
        out[:, 0] += np.where((x > 0.2) & (x < 0.9), 3, -3) * random.uniform(-0.2, 1, 64)
        out[:, 1] += (0.5 + random.uniform(-0.3, 0.3) * (x - 0.5) + 0.4 * (x > 0.5)).astype(np.float32)
        out[:, 2] += 0.3
        out[:, 5], out[:, 6] = out[:, 5] + x - 0.2, out[:, 6] + 0.9 - x
        line = fit_line(out)
        halves = [] if line is None else fit_halves(line)
        cases.append({"name": "fit", "said": out, "line": line_of(line), "halves": [line_of(half) for half in halves]})
    cases.append({"name": "fit", "said": np.full((64, 7), -1, np.float32), "line": None, "halves": []})
    return cases


def straighten() -> Cases:
    """Passes along the located lines of photos, and once more along the last of each."""
    cases: Cases = []
    straightener = Straightener(bundle_rectifier())
    for name in PHOTOS:
        gray = photo(name)
        frames = [frame_of_quad(quad) for quad in bundle_locator().look(gray).lines(3)]
        found = straightener.passes(gray, frames)
        third = straightener.finer(gray, [passes[-1] for passes in found])
        halves = [straightener.along_halves(gray, passes[-1]) for passes in found]
        told = [[[edges, line_of(line)] for edges, line in passes] for passes in (*found, third, *halves)]
        cases.append({"name": name, "frames": frames, "count": len(found), "passes": told})
    return cases


def kind() -> Cases:
    """Pictures of each kind."""
    glyphs = [load(ROOT / "images" / "glyphs" / f"{name}.png") for name in ("r", "8", "0", "m")]
    strip = load(next((ROOT / "images" / "strips").glob("dots*")))
    small = [np.ascontiguousarray(part) for part in (strip[:60, :80], strip[:40, :200], noise(12, 50, 50))]
    plain = np.full((30, 30), 200, np.uint8)
    odd = [plain, *small, *(photo(name)[10:150, 20:170] for name in PHOTOS), cv2.resize(strip, (40, 40))]
    return [{"gray": gray, "kind": guess_kind(gray), "light": light_glyph(gray)} for gray in (*glyphs, *odd)]


def rows() -> Cases:
    """Lines beside and below each other, and which of them may be rows of one VIN."""
    random = np.random.default_rng(13)
    cases: Cases = []
    for _ in range(5):
        lines = []
        for _ in range(14):
            length, height, angle = random.uniform(60, 140), random.uniform(15, 21), random.normal(0, 0.05)
            along = np.array([np.cos(angle), np.sin(angle)]) * length
            down = np.array([-np.sin(angle), np.cos(angle)]) * height
            corner = random.uniform(0, 120, 2)
            points = np.array([corner, corner + along, corner + along + down, corner + down]).astype(np.float32)
            lines.append(Quad(points, float(random.normal())))
        index = {id(line): i for i, line in enumerate(lines)}
        pairs = [[index[id(one)] for one in pair] for pair in pair_rows(lines, 8)]
        case = {"quads": [line.points for line in lines], "pairs": pairs, "high": [is_high(line) for line in lines]}
        cases.append(case | {"halves": [half.points for half in halves(lines[0])]})
    return cases


def textlines() -> Cases:
    """Lines of any text in photos."""
    cases: Cases = []
    for name in PHOTOS:
        found = find_textlines(photo(name), 24)
        cases.append({"name": name, "quads": [q.points for q in found], "scores": [q.score for q in found]})
    return cases


def quality() -> Cases:
    """How hard lines are to read, at glyphs that stand where a strip has them, more or less."""
    cases: Cases = []
    random = np.random.default_rng(14)
    for name in PHOTOS:
        gray = photo(name)
        (edges, line) = Straightener(bundle_rectifier()).passes(
            gray, [frame_of_quad(bundle_locator().look(gray).lines(1)[0])]
        )[0][-1]
        strip = cut_strip(gray, edges, line, inverted=line.light < 0.5)
        left = 30 + 20 * np.arange(17)
        boxes = np.stack([left, np.full(17, 7), left + 18, np.full(17, 33)], 1) + random.integers(-2, 3, (17, 4))
        boxes = boxes.astype(np.int32)
        quads = strip.to_photo(boxes)
        values = measure(sample(gray, strip.edges, *strip.gray.shape), boxes, quads, gray.shape)
        thresholds = {"glyph_height": values["glyph_height"] + 1, "blur": values["blur"] - 0.01}
        case = {"name": name, "edges": strip.edges, "boxes": boxes, "quads": quads, "values": values}
        case |= {"thresholds": thresholds, "advice": advice(values, thresholds), "none": advice(values, {})}
        cases.append(case)
    return cases


STAGES: dict[str, Callable[[], Cases]] = {
    "opencv": opencv,
    "pictures": pictures,
    "resizing": resizing,
    "locate": locate,
    "rectify": rectify,
    "straighten": straighten,
    "kind": kind,
    "rows": rows,
    "textlines": textlines,
    "quality": quality,
}


def written(value: Any) -> Any:
    """Return a value as JSON has it; an array by its type, shape and bytes."""
    if isinstance(value, np.ndarray):
        value = np.ascontiguousarray(value)
        data = base64.b64encode(value.tobytes()).decode()
        return {"dtype": str(value.dtype), "shape": value.shape, "data": data}
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, dict):
        return {key: written(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [written(one) for one in value]
    return value


def main(names: list[str]) -> None:
    cv2.setNumThreads(1)
    GOLDEN.mkdir(parents=True, exist_ok=True)
    for name in names or STAGES:
        text = json.dumps(written(STAGES[name]()))
        (GOLDEN / f"{name}.json.gz").write_bytes(gzip.compress(text.encode(), mtime=0))


if __name__ == "__main__":
    main(sys.argv[1:])
