"""Passes along lines: each on a frame that the one before made straighter, all frames in the same passes."""

from __future__ import annotations

import numpy as np
import pytest
from fakes import FakeRectifier, level
from numpy.typing import NDArray

from vinchar import straighten
from vinchar.rectify import FINE_GLYPH, FINE_LENGTH, Line, frame_of_picture, turn_round
from vinchar.straighten import Straightener

GRAY = np.zeros((200, 600), np.uint8)
WHOLE = frame_of_picture(GRAY.shape)


class Rectifier(FakeRectifier):
    """Sees in rough frames that run to the right a line from a tenth of them on, below their middle; counts passes."""

    def __init__(self, loses_it: bool = False) -> None:
        super().__init__()
        self.passes: list[int] = []
        self.loses_it = loses_it

    def lines(self, gray: NDArray[np.uint8], frames: object) -> list[Line | None]:
        self.passes.append(len(frames))  # type: ignore[arg-type]
        return super().lines(gray, frames)  # type: ignore[arg-type]

    def line(self, edges: NDArray[np.float32]) -> Line | None:
        if edges.shape[1] > 2:
            return None if self.loses_it else level((1 - FINE_LENGTH) / 2, (1 + FINE_LENGTH) / 2, FINE_GLYPH, 1.0)
        return level(0.1, 0.6, 0.1, 1.0, centre=0.7) if edges[0, 1, 0] > edges[0, 0, 0] else None


def test_every_frame_with_a_line_is_looked_at_again_closer_by() -> None:
    rectifier = Rectifier()
    first, second = Straightener(rectifier).passes(GRAY, [WHOLE, turn_round(WHOLE), WHOLE])
    assert rectifier.passes == [3, 2]
    for coarse, fine in (first, second):
        np.testing.assert_array_equal(coarse[0], WHOLE)
        edges, line = fine
        # The line, from 60 to 360, takes its part of the finer frame's width, and its glyphs of the height.
        assert np.ptp(edges[0, :, 0]) == pytest.approx(300 / FINE_LENGTH)
        np.testing.assert_allclose(edges.mean((0, 1)), [210, 140], atol=0.5)
        assert np.linalg.norm(edges[1] - edges[0], axis=1) == pytest.approx(20 / FINE_GLYPH, rel=1e-3)
        assert line.height[-1] == FINE_GLYPH


def test_a_line_that_is_not_found_again_keeps_its_first_pass() -> None:
    straightener = Straightener(Rectifier(loses_it=True))
    ((only,),) = straightener.passes(GRAY, [WHOLE])
    np.testing.assert_array_equal(only[0], WHOLE)
    assert straightener.finer(GRAY, [only]) == []


def test_one_pass_more_stays_on_the_line() -> None:
    straightener = Straightener(Rectifier())
    ((_, fine),) = straightener.passes(GRAY, [WHOLE])
    ((edges, _),) = straightener.finer(GRAY, [fine])
    np.testing.assert_allclose(edges.mean((0, 1)), fine[0].mean((0, 1)), atol=0.5)
    np.testing.assert_allclose(edges[:, [0, -1]], fine[0][:, [0, -1]], atol=0.5)


def test_halves_are_followed_to_lines_of_their_own(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = level(0.1, 0.6, 0.1, 1.0)
    halves = [level(0.1, 0.6, 0.1, 1.0, centre=centre) for centre in (0.3, 0.8)]
    monkeypatch.setattr(straighten, "fit_halves", lambda line: halves if line is whole else [])
    rectifier = Rectifier()
    upper, lower = Straightener(rectifier).along_halves(GRAY, (WHOLE, whole))
    assert rectifier.passes == [2]
    assert [round(float(edges[..., 1].mean())) for edges, _ in (upper, lower)] == [60, 160]


def test_without_frames_the_network_is_not_asked() -> None:
    rectifier = Rectifier()
    straightener = Straightener(rectifier)
    assert straightener.passes(GRAY, []) == straightener.finer(GRAY, []) == []
    assert straightener.passes(GRAY, [turn_round(WHOLE)]) == []  # nothing there to look at again
    assert rectifier.passes == [1]
