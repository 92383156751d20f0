"""Where the VIN of a photo may be: what is proposed, in which order, and nothing looked for in vain or twice."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar import proposals as module
from vinchar.locate import CLOSER, SIDE
from vinchar.proposals import FARTHER, TEXTLINES, Proposals
from vinchar.types import Quad

PHOTO = np.zeros((300, 300), np.uint8)


def quad(x: float, y: float, along: tuple[float, float] = (100, 0)) -> Quad:
    """A line from (x, y) on, 10 pixels high."""
    across = np.array([-along[1], along[0]]) / 10
    start = np.array([x, y])
    return Quad(np.array([start, start + along, start + along + across, start + across], np.float32))


@dataclass
class Look:
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

    def look(self, gray: NDArray[np.uint8], side: int) -> Look:
        self.sides.append(side)
        return Look(self.found, self.warmths.get(side, 0.0))


@pytest.fixture
def texts(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How often any text was looked for; there are twelve lines of it, 20 pixels apart."""
    counted: list[int] = []

    def find(gray: NDArray[np.uint8], limit: int) -> list[Quad]:
        counted.append(limit)
        return [quad(20, 20 * i) for i in range(12)][:limit]

    monkeypatch.setattr(module, "find_textlines", find)
    return counted


def test_located_lines_come_first_and_other_text_only_when_asked_for(texts: list[int]) -> None:
    locator = Locator(quad(50, 77), quad(50, 99))
    proposals = Proposals(PHOTO, locator)  # type: ignore[arg-type]
    assert [float(edges[0, 0, 1]) for edges in proposals.likely(10)] == [77, 99]
    assert texts == []
    assert [float(edges[0, 0, 1]) for edges in proposals.texts()] == [20 * i for i in range(TEXTLINES)]


def test_everything_is_looked_for_once(texts: list[int]) -> None:
    locator = Locator(quad(50, 77))
    proposals = Proposals(PHOTO, locator)  # type: ignore[arg-type]
    for _ in range(2):
        assert len(list(proposals.likely(10))) == 1
        assert len(list(proposals.texts())) == TEXTLINES
        assert len(list(proposals.upside_down(10))) == 1 + TEXTLINES
        assert len(list(proposals.likely(10, CLOSER))) == len(list(proposals.upside_down(10, CLOSER))) == 1
        assert list(proposals.frames_of_rows())
    assert locator.sides == [SIDE, CLOSER, FARTHER]
    assert len(texts) == 1


def test_no_more_located_lines_than_wanted(texts: list[int]) -> None:
    locator = Locator(*(quad(50, 5 * i) for i in range(9)))
    assert len(list(Proposals(PHOTO, locator).likely(4, CLOSER))) == 4  # type: ignore[arg-type]


def test_all_of_a_wide_photo_is_a_proposal(texts: list[int]) -> None:
    wide = np.zeros((100, 300), np.uint8)
    first = next(Proposals(wide, Locator()).likely(10))  # type: ignore[arg-type]
    np.testing.assert_array_equal(first, [[[0, 0], [300, 0]], [[0, 100], [300, 100]]])


def test_a_steep_line_may_run_either_way(texts: list[int]) -> None:
    locator = Locator(quad(50, 50, (10, 100)))
    proposals = Proposals(PHOTO, locator)  # type: ignore[arg-type]
    down, up = list(proposals.likely(10, CLOSER))
    np.testing.assert_array_equal(up, down[::-1, ::-1])
    assert list(proposals.upside_down(10, CLOSER)) == []  # both were looked at


def test_the_look_that_is_surest_of_glyphs_counts(texts: list[int]) -> None:
    locator = Locator(quad(50, 77))
    locator.warmths = {SIDE: -2.0, CLOSER: -0.5}
    proposals = Proposals(PHOTO, locator)  # type: ignore[arg-type]
    centres = np.zeros((17, 2), np.float32)
    assert proposals.warmth(centres) == 0.0  # nothing was looked at yet
    list(proposals.likely(10))
    assert proposals.warmth(centres) == -2.0
    list(proposals.likely(10, CLOSER))
    assert proposals.warmth(centres) == -0.5
    assert locator.sides == [SIDE, CLOSER]
