"""The table of looks: what each proposes, and nothing looked for in vain or twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from lines import line
from numpy.typing import NDArray

from vinchar import looks
from vinchar.decide import Decision
from vinchar.locate import CLOSER, SIDE
from vinchar.looks import FARTHER, LOOKS, RIVAL, ROOM, TEXTLINES, TURNED, Picture
from vinchar.rectify import Edges
from vinchar.types import Kind, Quad


def quad(x: float, y: float, along: tuple[float, float] = (100, 0), score: float = 0.0) -> Quad:
    """A line from (x, y) on, 10 pixels high."""
    across = np.array([-along[1], along[0]]) / 10
    start = np.array([x, y])
    return Quad(np.array([start, start + along, start + along + across, start + across], np.float32), score)


@dataclass
class Heat:
    """Where there are lines, and how sure the locator is of glyphs anywhere."""

    found: list[Quad]
    everywhere: float

    def lines(self, limit: int) -> list[Quad]:
        return self.found[:limit]

    def warmth(self, centres: NDArray[np.float32]) -> float:
        return self.everywhere


class Locator:
    """Sees ``found`` and counts how often it looked, and how closely."""

    def __init__(self, *found: Quad) -> None:
        self.found, self.sides, self.warmths = list(found), list[int](), dict[int, float]()

    def look(self, gray: NDArray[np.uint8], side: int) -> Heat:
        self.sides.append(side)
        return Heat(self.found, self.warmths.get(side, 0.0))


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often any text was looked for; there are twelve lines of it, 20 pixels apart."""
    counted: list[int] = []

    def find(gray: NDArray[np.uint8], limit: int) -> list[Quad]:
        counted.append(limit)
        return [quad(20, 20 * i) for i in range(12)][:limit]

    monkeypatch.setattr(looks, "find_textlines", find)
    return counted


def photo(locator: Locator, shape: tuple[int, int] = (300, 300), kind: Kind = "photo") -> Picture:
    return Picture(np.zeros(shape, np.uint8), kind, locator)  # type: ignore[arg-type]


def frames(name: str, picture: Picture, decision: Decision | None = None) -> list[Edges]:
    (look,) = (look for look in LOOKS if look.name == name)
    return list(look.frames(picture, decision or Decision()))


def rows(some: list[Edges]) -> list[float]:
    return [float(edges[0, 0, 1]) for edges in some]


def test_located_lines_are_parted_in_the_likeliest_and_the_others(texts: list[int]) -> None:
    near, far = quad(50, 99, score=2.0 - RIVAL), quad(50, 120, score=1.9 - RIVAL)
    picture = photo(Locator(quad(50, 77, score=2.0), near, far))
    assert rows(frames("likeliest lines", picture)) == [77, 99]
    assert rows(frames("other located lines", picture)) == [120]
    assert texts == []
    assert rows(frames("other text", picture)) == [20 * i for i in range(TEXTLINES)]


def test_only_a_strip_is_looked_at_as_a_whole_first(texts: list[int]) -> None:
    whole = np.array([[[0, 0], [300, 0]], [[0, 100], [300, 100]]], np.float32)
    for kind in ("strip", "photo"):
        picture = photo(Locator(), (100, 300), kind)  # type: ignore[arg-type]
        first, later = frames("all of it", picture), frames("other located lines", picture)
        assert (len(first), len(later)) == ((1, 0) if kind == "strip" else (0, 1))
        np.testing.assert_array_equal([*first, *later][0], whole)
    assert frames("other located lines", photo(Locator())) == []  # not wide enough for a line


def test_everything_is_looked_for_once_and_when_it_is_asked_for(texts: list[int]) -> None:
    locator = Locator(quad(50, 77))
    picture = photo(locator, (2000, 2000))
    assert locator.sides == texts == []
    for _ in range(2):
        for look in LOOKS:
            list(look.frames(picture, Decision()))
    assert sorted(locator.sides) == sorted([SIDE, FARTHER, CLOSER])
    assert len(texts) == 1


@pytest.mark.parametrize("size", [CLOSER, CLOSER + 1])
def test_only_a_larger_photo_shows_more_from_closer(size: int, texts: list[int]) -> None:
    locator = Locator(quad(50, 77))
    assert len(frames("from closer", photo(locator, (300, size)))) == (size > CLOSER)
    assert locator.sides == [CLOSER] * (size > CLOSER)


@pytest.mark.parametrize("name", ["likeliest lines", "from farther"])
def test_a_steep_line_may_run_either_way(name: str, texts: list[int]) -> None:
    down, up = frames(name, photo(Locator(quad(50, 50, (10, 100)))))
    np.testing.assert_array_equal(up, down[::-1, ::-1])


def test_what_was_read_is_also_looked_at_upside_down(texts: list[int]) -> None:
    read = [line("ABCDEFGH"[i] * 17, y=100.0 * i) for i in range(TURNED + 2)]
    n = len(read)
    decision = Decision(tuple(read), (0.0,) * n, (0.0,) * n, tuple(-float(i) for i in range(n)))
    turned = frames("upside down", photo(Locator()), decision)
    assert len(turned) == TURNED
    strip = read[0].reading.strip.edges
    np.testing.assert_allclose(turned[0].mean(0), strip.mean(0)[::-1], atol=1e-3)
    high = np.linalg.norm(turned[0][1] - turned[0][0], axis=1)
    np.testing.assert_allclose(high, ROOM * 40, rtol=1e-4)
    assert turned[0][0, 0, 1] > turned[0][1, 0, 1]  # its upper edge is the lower one of the photo


def test_two_lines_below_each_other_may_be_rows_and_so_may_the_halves_of_a_high_one(texts: list[int]) -> None:
    pair = photo(Locator(quad(50, 77), quad(50, 90)))
    assert any(np.ptp(edges[0, :, 1]) == pytest.approx(13) for edges in frames("two rows", pair))
    high = Quad(np.array([[50, 77], [150, 77], [150, 107], [50, 107]], np.float32))
    halves = frames("two rows", photo(Locator(high)))[0]
    assert {round(float(y)) for y in halves[0, :, 1]} == {77, 92}


def test_the_look_that_is_surest_of_glyphs_counts(texts: list[int]) -> None:
    locator = Locator(quad(50, 77))
    locator.warmths = {SIDE: -2.0, FARTHER: -0.5}
    picture, centres = photo(locator), np.zeros((17, 2), np.float32)
    assert picture.warmth(centres) == 0.0  # nothing was looked at yet
    frames("likeliest lines", picture)
    assert picture.warmth(centres) == -2.0
    frames("from farther", picture)
    assert picture.warmth(centres) == -0.5


def test_each_look_has_a_name_of_its_own() -> None:
    assert len({look.name for look in LOOKS}) == len(LOOKS)
