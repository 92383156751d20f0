"""What the locator learns on: the glyphs stay where the quads say, the maps fit the picture, a seed repeats itself."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from test_heat import line_of_quads

from vinchar.training.cache import SceneCache, draw_others, draw_photos
from vinchar.training.nets import HEAT_STRIDE
from vinchar.training.sights import LENGTHS, SIDE, draw_sight, relight, sight_batches


def dotted(quads: NDArray[np.float32]) -> NDArray[np.uint8]:
    """A grey photo with a white disk at every glyph."""
    gray = np.full((480, 640), 90, np.uint8)
    for x, y in quads.mean(1):
        cv2.circle(gray, (round(float(x)), round(float(y))), 5, 255, -1)
    return gray


@pytest.mark.parametrize("seed", range(30))
def test_the_quads_move_with_the_picture(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("vinchar.training.sights.relight", lambda picture, rng: picture)
    quads = line_of_quads((330, 220), 20, 28, 10)
    picture, moved = draw_sight(dotted(quads), quads, np.random.default_rng(seed))
    assert picture.shape == (SIDE, SIDE)
    assert picture.dtype == np.uint8
    length = np.linalg.norm(moved[-1].mean(0) - moved[0].mean(0))
    assert 0.5 * LENGTHS[0] < length < 2 * LENGTHS[1]
    inside = (moved.mean(1) > 3).all(1) & (moved.mean(1) < SIDE - 4).all(1)
    for x, y in moved.mean(1)[inside]:
        place = picture[round(float(y)) - 1 : round(float(y)) + 2, round(float(x)) - 1 : round(float(x)) + 2]
        assert place.max() > 100


def test_most_pictures_hold_the_whole_line() -> None:
    quads = line_of_quads((330, 220), 20, 28, 10)
    gray, rng = dotted(quads), np.random.default_rng(0)
    moved = np.array([draw_sight(gray, quads, rng)[1] for _ in range(300)])
    whole = ((moved > 0) & (moved < SIDE)).all((1, 2, 3))
    assert 0.5 < whole.mean() < 0.95


def test_relight_turns_some_over_and_keeps_the_rest() -> None:
    ramp = np.tile(np.arange(0, 256, 4, dtype=np.uint8), (64, 1))
    rng = np.random.default_rng(0)
    falls = [float(np.diff(relight(ramp, rng).astype(float).mean(0)).sum()) < 0 for _ in range(200)]
    assert 0.2 < np.mean(falls) < 0.4


def test_batches_fit_the_net_and_repeat(tmp_path: Path) -> None:
    cache = draw_photos(tmp_path, 3, seed=1, workers=1)
    assert len(cache) == 3
    assert cache.gray(0).shape == (480, 640)
    draw = sight_batches([cache, cache], None, 4)
    pictures, heat = draw(np.random.default_rng(2))
    assert pictures.shape == (4, SIDE, SIDE, 1)
    assert heat.shape == (4, SIDE // HEAT_STRIDE, SIDE // HEAT_STRIDE, 2)
    assert pictures.dtype == heat.dtype == np.float32
    assert 0 <= pictures.min() < pictures.max() <= 1
    assert heat.max() > 0.8
    again = draw(np.random.default_rng(2))
    np.testing.assert_array_equal(again[0], pictures)
    np.testing.assert_array_equal(again[1], heat)


def test_every_source_is_drawn_from_alike(tmp_path: Path) -> None:
    many = draw_photos(tmp_path, 3, seed=1, workers=1)
    quads = line_of_quads((8, 8), 0.9, 1, 0)
    gray = np.zeros((16, 16), np.uint8)
    none = np.zeros((1, 17), np.int32)
    flags = none[:, 0] > 0, np.zeros(1, np.uint8), np.zeros(1, np.float32), np.array([0])
    one = SceneCache(gray.ravel(), np.array([[16, 16]], np.int32), quads[None], none, *flags)
    seen: list[tuple[int, ...]] = []
    patch = pytest.MonkeyPatch()
    with patch.context() as context:
        context.setattr(
            "vinchar.training.sights.draw_sight",
            lambda gray, quads, rng: seen.append(gray.shape) or (np.zeros((SIDE, SIDE), np.uint8), quads),
        )
        sight_batches([many, one], None, 200)(np.random.default_rng(0))
    assert 0.35 < np.mean([shape == (16, 16) for shape in seen]) < 0.65


def test_photos_without_a_vin_have_no_heat(tmp_path: Path) -> None:
    others = draw_others(tmp_path, 8, seed=1, workers=1)
    assert others.quads.shape == (8, 17, 4, 2)
    assert {others.gray(i).shape for i in range(8)} == {(480, 640)}
    draw = sight_batches([draw_photos(tmp_path, 2, seed=1, workers=1)], others, 100)
    _, heat = draw(np.random.default_rng(0))
    cold = heat.max((1, 2, 3)) == 0
    assert 0.06 < cold.mean() < 0.3
