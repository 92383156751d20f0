"""From heat maps to quads, with maps drawn by hand; and what the shipped net is shown and gives."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from test_heat import line_of_quads

from vinchar.bundle import open_bundle
from vinchar.drawing.photos import draw_photo
from vinchar.locate import CLOSER, COLD, ENLARGE, SIDE, STRIDE, Heat, Locator, find_lines
from vinchar.training.heat import heat_targets

Maps = NDArray[np.float32]


@pytest.fixture(scope="module")
def locator() -> Locator:
    return Locator(open_bundle().paths["locator"])


def maps(*lines: Maps) -> Maps:
    return np.maximum.reduce([heat_targets(quads, (128, 160), STRIDE) for quads in lines])


def test_a_cold_map_has_no_lines() -> None:
    assert find_lines(np.zeros((64, 64, 2), np.float32)) == []
    assert find_lines(np.full((64, 64, 2), 0.1, np.float32)) == []


@pytest.mark.parametrize(("angle", "cells"), [(0, 1 / STRIDE), (25, 0.5)])
def test_glyphs_are_warm_where_the_map_is_hot(angle: float, cells: float) -> None:
    quads = line_of_quads((300, 200), 20, 30, angle)
    heat = Heat(maps(quads), cells)
    photo = quads / (STRIDE * cells)  # one that ``cells`` of the maps fit to
    centres = photo.mean(1)
    assert heat.warmth(centres) > np.log(0.7)
    assert heat.warmth(centres + (photo[0, 3] - photo[0, 0]) * 2) == pytest.approx(np.log(COLD))  # two rows below
    assert heat.warmth(centres + 10_000) == pytest.approx(np.log(COLD))  # outside the photo


def test_specks_are_no_lines() -> None:
    heat = np.zeros((64, 64, 2), np.float32)
    heat[10, 10] = heat[40, 20:22] = 1
    assert find_lines(heat) == []


def test_the_surer_of_two_lines_comes_first() -> None:
    heat = maps(line_of_quads((300, 100), 20, 30, 0)) * 0.6 + maps(line_of_quads((300, 300), 20, 30, 0))
    assert [round(line.y * STRIDE, -1) for line in find_lines(heat)[:2]] == [300, 100]


def test_a_short_piece_comes_after_a_whole_line() -> None:
    whole = maps(line_of_quads((300, 100), 20, 30, 0))
    piece = maps(line_of_quads((300, 300), 20, 30, 0))
    piece[:, :80] = 0
    piece[:, 100:] = 0
    assert find_lines(whole + piece)[0].y * STRIDE == pytest.approx(98, abs=4)


@pytest.mark.parametrize("angle", [0, 30, 90])
def test_a_line_broken_by_glare_is_put_together(angle: float) -> None:
    quads = line_of_quads((300, 250), 20, 30, angle)
    broken = maps(quads[:6], quads[10:])
    lengths = [line.length * STRIDE for line in find_lines(broken)]
    assert lengths[0] == pytest.approx(17 * 20, rel=0.06)
    assert len(lengths) == 3


def test_two_lines_above_each_other_stay_two() -> None:
    heat = maps(line_of_quads((300, 200), 20, 30, 0), line_of_quads((300, 260), 20, 30, 0))
    assert len(find_lines(heat)) == 2


@pytest.mark.parametrize("side", [SIDE, CLOSER])
@pytest.mark.parametrize("shape", [(256, 256), (480, 640), (3000, 4000), (40, 1000), (33, 31), (1, 1)])
def test_the_net_sees_a_bounded_picture_of_any_shape(locator: Locator, shape: tuple[int, int], side: int) -> None:
    look = locator.look(np.full(shape, 128, np.uint8), side)
    heat, cells = look.maps, look.cells
    assert max(heat.shape[:2]) <= side / STRIDE
    assert cells == pytest.approx(min(side / max(shape), ENLARGE[side]) / STRIDE)
    assert heat.shape[2] == 2
    np.testing.assert_allclose(heat.shape[:2], np.array(shape) * cells, atol=1)
    assert ((heat >= 0) & (heat <= 1)).all()


@pytest.mark.parametrize("value", [0, 128, 255])
def test_nothing_in_a_blank_picture(locator: Locator, value: int) -> None:
    assert locator.look(np.full((300, 400), value, np.uint8)).lines() == []


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (1, 500), (500, 1), (3, 4000), (2000, 5), (0, 0), (0, 7)])
def test_odd_shapes_do_no_harm(locator: Locator, shape: tuple[int, int]) -> None:
    lines = locator.look(np.random.default_rng(5).integers(0, 256, shape).astype(np.uint8)).lines()
    assert all(np.isfinite(quad.points).all() for quad in lines)


def test_best_first_no_more_than_asked_and_the_same_every_time(locator: Locator) -> None:
    photo = draw_photo(np.random.default_rng(12), place="label", held_out=True, calm=True, small=True)
    gray = cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY).astype(np.uint8)
    twice = np.vstack([gray, gray])
    lines = locator.look(twice).lines()
    assert len(lines) >= 2
    assert [quad.score for quad in lines] == sorted((quad.score for quad in lines), reverse=True)
    np.testing.assert_array_equal(locator.look(twice).lines(limit=1)[0].points, lines[0].points)
    assert len(locator.look(twice).lines(limit=1)) == 1
    assert locator.look(twice).lines(limit=0) == []


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8), None])
def test_anything_but_a_grey_picture_is_refused(locator: Locator, bad: object) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        locator.look(bad)  # type: ignore[arg-type]
