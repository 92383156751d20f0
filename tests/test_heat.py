"""The locator's heat maps: hot where a glyph's centre or a gap lies, nowhere else, and read back as the line."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.locate import STRIDE, streaks
from vinchar.training.heat import heat_targets


def line_of_quads(
    middle: tuple[float, float], pitch: float, height: float, angle: float, bow: float = 0.0
) -> NDArray[np.float32]:
    """Quads, float32 (17, 4, 2), of glyphs on a line through ``middle``, turned by degrees and bowed by pixels."""
    x = (np.arange(17) - 8) * pitch
    y = bow * ((x / (8 * pitch)) ** 2 - 0.5)
    half_w, half_h = 0.4 * pitch, height / 2
    corners = np.array([[-half_w, -half_h], [half_w, -half_h], [half_w, half_h], [-half_w, half_h]])
    quads = np.stack([x, y], 1)[:, None] + corners
    turn = np.deg2rad(angle)
    return (quads @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + middle).astype(np.float32)


@pytest.mark.parametrize("angle", [0, 20, -35, 90, 180])
def test_glyphs_and_gaps_alternate(angle: float) -> None:
    quads = line_of_quads((200, 200), 18, 30, angle)
    heat = heat_targets(quads, (100, 100), STRIDE)
    centres = quads.mean(1) / STRIDE - 0.5
    at = np.round(centres).astype(int)
    between = np.round((centres[1:] + centres[:-1]) / 2).astype(int)
    assert (heat[at[:, 1], at[:, 0], 0] > 0.75).all()
    assert (heat[between[:, 1], between[:, 0], 1] > 0.75).all()
    assert (heat[at[:, 1], at[:, 0], 0] > heat[at[:, 1], at[:, 0], 1]).all()
    assert (heat[between[:, 1], between[:, 0], 1] > heat[between[:, 1], between[:, 0], 0]).all()


def test_no_heat_away_from_the_line() -> None:
    heat = heat_targets(line_of_quads((200, 200), 18, 30, 0), (100, 100), STRIDE)
    rows = np.flatnonzero(heat.max((1, 2)) > 0.2)
    columns = np.flatnonzero(heat.max((0, 2)) > 0.2)
    assert 200 - 18 < rows[0] * STRIDE < rows[-1] * STRIDE < 200 + 18
    assert 200 - 9 * 18 < columns[0] * STRIDE < columns[-1] * STRIDE < 200 + 9 * 18


def test_two_rows_have_no_heat_between_them() -> None:
    quads = line_of_quads((0, 0), 18, 30, 0)
    quads[9:] += np.array([-9 * 18, 60], np.float32)
    heat = heat_targets(quads + np.float32(200), (100, 100), STRIDE)
    assert heat[200 // STRIDE].max() > 0.75
    assert heat[260 // STRIDE].max() > 0.75
    assert heat[230 // STRIDE].max() < 0.2
    columns = np.flatnonzero(heat[260 // STRIDE].max(-1) > 0.5) * STRIDE
    assert columns[-1] - columns[0] == pytest.approx(8 * 18, abs=12)


@pytest.mark.parametrize("middle", [(-500.0, 50.0), (1000.0, 1000.0)])
def test_a_line_outside_leaves_the_maps_cold(middle: tuple[float, float]) -> None:
    assert not heat_targets(line_of_quads(middle, 18, 30, 0), (100, 100), STRIDE).any()


def test_glyphs_without_extent_do_no_harm() -> None:
    heat = heat_targets(np.full((17, 4, 2), 40, np.float32), (20, 20), STRIDE)
    assert np.isfinite(heat).all()


@pytest.mark.parametrize("bow", [0.0, 12.0])
@pytest.mark.parametrize(("angle", "found"), [(0, 0), (25, 25), (-40, -40), (70, 70), (90, 90), (-60, 120), (180, 0)])
def test_the_line_is_read_back_from_its_heat(angle: float, found: float, bow: float) -> None:
    quads = line_of_quads((260, 240), 20, 30, angle, bow)
    best = streaks(heat_targets(quads, (128, 128), STRIDE))[0]
    assert (best.x * STRIDE, best.y * STRIDE) == pytest.approx((260, 240), abs=8)
    assert np.rad2deg(best.angle) == pytest.approx(found, abs=2)
    assert best.length * STRIDE == pytest.approx(17 * 20, rel=0.05)
    assert best.height * STRIDE == pytest.approx(30, rel=0.15)
