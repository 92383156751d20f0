"""Pictures without a character, drawn and read: the shipped network says of nearly all that they show none."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from vinchar.drawing.not_glyphs import KINDS, draw_no_glyph
from vinchar.imaging import load
from vinchar.kind import guess_kind
from vinchar.reader import Reader
from vinchar.training.characters import draw_no_glyphs

GLYPHS = Path(__file__).parents[1] / "images" / "glyphs"


@pytest.mark.parametrize("kind", list(KINDS))
def test_every_kind_is_drawn_as_small_squares(kind: str) -> None:
    drawn = [draw_no_glyph(np.random.default_rng([2, i]), kind) for i in range(5)]
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


@pytest.mark.parametrize("kind", list(KINDS))
def test_nothing_is_read_where_there_is_no_character(kind: str, reader: Reader) -> None:
    readings = [reader.read(draw_no_glyph(np.random.default_rng([31, i]), kind)) for i in range(12)]
    assert sum(reading.status == "ok" for reading in readings) <= (kind == "mark")
    assert np.mean([reading.status == "not_found" for reading in readings]) >= 0.9


def test_plain_squares_and_a_disc_are_no_characters(reader: Reader) -> None:
    square = np.full((32, 32), 120, np.uint8)
    disc = np.full((90, 90), 230, np.uint8)
    y, x = np.ogrid[:90, :90]
    disc[(x - 45) ** 2 + (y - 45) ** 2 < 30**2] = 60
    for picture in (square, np.full((60, 60), 250, np.uint8), disc):
        assert reader.read(picture).status == "not_found"
        reading = reader.read(picture, "glyph")
        assert (reading.status, reading.vin, reading.reasons) == ("not_found", None, ("no character found",))


def test_the_kind_does_not_follow_from_the_size() -> None:
    noise = np.random.default_rng(0).integers(0, 255, (40, 40)).astype(np.uint8)
    assert guess_kind(noise) == "photo"
    for path in sorted(GLYPHS.iterdir()):
        assert guess_kind(load(path)) == "glyph"


def test_the_sample_characters_are_still_read(reader: Reader) -> None:
    with (GLYPHS.parent / "labels.csv").open(encoding="utf-8", newline="") as table:
        labels = {Path(row["image"]).name: row["vin"] for row in csv.DictReader(table)}
    for path in sorted(GLYPHS.iterdir()):
        assert reader.read(path).vin == labels[path.name]
