"""Pictures without a character: drawn, and the plainest of them read by the shipped network as what they are."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from vinchar.drawing.not_glyphs import KINDS, draw_no_glyph
from vinchar.reader import Reader
from vinchar.training.characters import draw_no_glyphs


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_drawn_as_small_squares(kind: str) -> None:
    drawn = [draw_no_glyph(np.random.default_rng([2, i]), kind) for i in range(3)]
    assert all(gray.dtype == np.uint8 and gray.shape[0] == gray.shape[1] for gray in drawn)
    assert {20 <= len(gray) <= 128 for gray in drawn} == {True}
    np.testing.assert_array_equal(drawn[0], draw_no_glyph(np.random.default_rng([2, 0]), kind))


def test_windows_for_training_are_the_same_for_any_number_of_workers(tmp_path: Path) -> None:
    windows = draw_no_glyphs(tmp_path / "one", 8, seed=3, workers=1)
    assert windows.shape == (8, 40, 64)
    np.testing.assert_array_equal(windows, draw_no_glyphs(tmp_path / "two", 8, seed=3, workers=2))


@pytest.fixture(scope="module")
def reader() -> Reader:
    return Reader()


def test_plain_squares_and_a_disc_are_no_characters(reader: Reader) -> None:
    square = np.full((32, 32), 120, np.uint8)
    disc = np.full((90, 90), 230, np.uint8)
    y, x = np.ogrid[:90, :90]
    disc[(x - 45) ** 2 + (y - 45) ** 2 < 30**2] = 60
    for picture in (square, np.full((60, 60), 250, np.uint8), disc):
        assert reader.read(picture).status == "not_found"
        reading = reader.read(picture, "glyph")
        assert (reading.status, reading.vin, reading.reasons) == ("not_found", None, ("no character found",))
