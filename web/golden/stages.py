"""What the stages make of pictures, from a picture to its strips."""

from __future__ import annotations

from copy import copy
from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar import rectify as rectifying
from vinchar.bundle import open_bundle
from vinchar.kind import guess_kind, light_glyph
from vinchar.locate import SIDE, Locator
from vinchar.quality import advice, measure
from vinchar.rectify import Line, Rectifier, cut_strip, frame_of_quad, sample
from vinchar.resizing import resized
from vinchar.rows import halves, is_high, pair_rows
from vinchar.search import _cover
from vinchar.straighten import Straightener
from vinchar.textlines import find_textlines
from vinchar.types import Quad, Strip
from web.golden.pictures import PHOTOS, Cases, noise, picture


@cache
def shipped_locator() -> Locator:
    return Locator(open_bundle().paths["locator"])


@cache
def shipped_rectifier() -> Rectifier:
    return Rectifier(open_bundle().paths["rectifier"])


def resizing() -> Cases:
    """Sizes smaller, much smaller and larger than the picture's."""
    gray = noise(8, 41, 53)
    sizes = ((53, 41), (25, 20), (26, 20), (11, 8), (6, 41), (77, 59), (1, 1))
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
    gray, locator = noise(9, 19, 27), copy(shipped_locator())
    answers = np.random.default_rng(10).normal(size=(1, 16, 16, 2)).astype(np.float32)
    locator._session = shown = Shown(answers)
    heat = locator.look(gray)
    cases: Cases = [{"name": "fake", "gray": gray, "answers": answers, "maps": heat.maps, "cells": heat.cells}]
    cases[0]["shown"] = np.rint(shown.pictures * 255).astype(np.uint8)
    for name in PHOTOS:
        for side in (SIDE // 2, SIDE):
            heat = shipped_locator().look(picture(name), side)
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
    return [*map(along_frame, PHOTOS), *rows_and_answers()]


def along_frame(name: str) -> dict[str, Any]:
    """Return what is made of a photo's likeliest frame."""
    gray = picture(name)
    quad = shipped_locator().look(gray).lines(1)[0]
    edges = frame_of_quad(quad)
    (line,) = shipped_rectifier().lines(gray, [edges])
    assert line is not None
    strip = cut_strip(gray, edges, line, inverted=line.light < 0.5)
    finer = rectifying.bend(
        edges, line, rectifying.FINE_LENGTH, rectifying.FINE_GLYPH, rectifying.LINE_WIDTH // rectifying.LINE_STRIDE
    )
    moved = rectifying.move_ends(line, 0, 410)
    return {
        "name": name,
        "quad": quad.points,
        "edges": edges,
        "line": line_of(line),
        "halves": [line_of(half) for half in rectifying.fit_halves(line)],
        "picture": rectifying.line_picture(gray, edges),
        "sampled": sample(gray, edges, 16, 64),
        "far": sample(gray, rectifying.taller(edges, 3), 20, 40),
        "strip": strip.gray,
        "stripEdges": strip.edges,
        "finer": finer,
        "turned": rectifying.turn_round(finer),
        "taller": rectifying.taller(edges, 1.3),
        "moved": [moved.start, moved.end],
    }


def rows_and_answers() -> Cases:
    """Frames of two rows; and lines through answers of a network, with noise, some of them none or two."""
    random = np.random.default_rng(11)
    cases: Cases = []
    upper = np.array([[0, 0], [99, 3], [98, 22], [1, 20]], np.float32)
    x = (np.arange(rectifying.LINE_WIDTH // rectifying.LINE_STRIDE) + 0.5) * rectifying.LINE_STRIDE
    x /= rectifying.LINE_WIDTH
    for step in (0.0, 0.1, 0.4, 0.4):
        points = upper + random.normal(0, 6, (4, 2)).astype(np.float32)
        rows = (Quad(points), Quad(points + np.array([random.uniform(-20, 20), 30], np.float32)))
        edges = rectifying.frame_of_rows(rows)
        cases.append({"name": "rows", "rows": [row.points for row in rows], "edges": edges})
        seen = np.where((x > 0.2) & (x < 0.9), 3, -3) * random.uniform(-0.2, 1, x.shape)
        centre = 0.5 + random.uniform(-0.3, 0.3) * (x - 0.5) + step * (x > 0.5)
        said = np.stack([seen, centre, 0 * x + 0.3, 0 * x, 0 * x, x - 0.2, 0.9 - x], axis=1)
        cases.append(fitted((said + random.normal(0, 0.02, said.shape)).astype(np.float32)))
    return [*cases, fitted(np.full((len(x), 7), -1, np.float32))]


def fitted(said: NDArray[np.float32]) -> dict[str, Any]:
    line = rectifying.fit_line(said)
    halves = [] if line is None else rectifying.fit_halves(line)
    return {"name": "fit", "said": said, "line": line_of(line), "halves": [line_of(half) for half in halves]}


def straighten() -> Cases:
    """Passes along the located lines of photos, and once more along the last of each."""
    cases: Cases = []
    straightener = Straightener(shipped_rectifier())
    for name in PHOTOS:
        gray = picture(name)
        frames = [frame_of_quad(quad) for quad in shipped_locator().look(gray).lines(3)]
        found = straightener.passes(gray, frames)
        third = straightener.finer(gray, [passes[-1] for passes in found])
        halves = [straightener.along_halves(gray, passes[-1]) for passes in found]
        told = [[[edges, line_of(line)] for edges, line in passes] for passes in (*found, third, *halves)]
        cases.append({"name": name, "frames": frames, "count": len(found), "passes": told})
    return cases


def kind() -> Cases:
    """Pictures of each kind."""
    strip = picture("roboto-500-relief-light")
    parts = [np.ascontiguousarray(part) for part in (strip[:, :60], strip[:40, :200], picture(PHOTOS[0])[90:170, :90])]
    pictures = [picture("2"), picture("h"), *parts, noise(12, 30, 30), np.full((30, 30), 200, np.uint8)]
    return [{"gray": gray, "kind": guess_kind(gray), "light": light_glyph(gray)} for gray in pictures]


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


def cover() -> Cases:
    """A bowed strip that reaches beyond its picture, painted over."""
    gray = picture("roboto-500-relief-light")
    x = np.linspace(-20, 250, 401)
    edges = np.stack([np.stack([x, y + 12 * np.sin(x / 80)], axis=1) for y in (4, 25)]).astype(np.float32)
    strip = Strip(np.zeros((40, 400), np.uint8), edges)
    out = gray.copy()
    _cover(SimpleNamespace(reading=SimpleNamespace(strip=strip)), out)  # type: ignore[arg-type]
    return [{"gray": gray, "edges": edges, "out": out}]


def textlines() -> Cases:
    """Lines of any text in photos."""
    cases: Cases = []
    for name in PHOTOS:
        found = find_textlines(picture(name), 24)
        cases.append({"name": name, "quads": [q.points for q in found], "scores": [q.score for q in found]})
    return cases


def quality() -> Cases:
    """How hard lines are to read, at glyphs that stand where a strip has them, more or less."""
    cases: Cases = []
    random = np.random.default_rng(14)
    for name in PHOTOS:
        gray = picture(name)
        (edges, line) = Straightener(shipped_rectifier()).passes(
            gray, [frame_of_quad(shipped_locator().look(gray).lines(1)[0])]
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
