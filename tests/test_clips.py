"""Clips: the same from a seed, the glyphs where the quads say, and everything moves that should."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.drawing.clips import STILL, Clip, Frame, Hand, Wander, _trace, draw_clip
from vinchar.drawing.faces import font_faces

VIN = "1HGCM82633A004352"
FACE = next(face for face in font_faces() if face.name == "roboto-700")
SIZE = (320, 240)


def draw(seed: int) -> Clip:
    return draw_clip(np.random.default_rng([seed, 6]), SIZE, "windscreen", VIN, FACE)


clip = cache(draw)


@cache
def calm(seed: int = 1) -> Clip:
    """A clip that nothing disturbs."""
    one = clip(seed).calmed()
    return replace(one, sensor=replace(one.sensor, exposure=0.01, readout=0.02))


def steady(one: Clip, index: int, speed: float) -> Clip:
    """The same clip with one of the hand's numbers growing by ``speed`` a second, about, near time 0."""
    amplitude = np.zeros((1, 6))
    amplitude[0, index] = speed / (2 * np.pi * 0.1)
    return replace(one, hand=Hand(Wander(amplitude, np.full((1, 6), 0.1), np.zeros((1, 6))), STILL))


def sharpness(frame: Frame, axis: int) -> float:
    """How much grey changes from column to column, 1, or from row to row, 0."""
    return float(np.abs(np.diff(frame.bgr.astype(np.float32).mean(axis=2), axis=axis)).mean())


def test_the_same_from_the_same_seed_whichever_frame_is_asked_for_first() -> None:
    first, again, other = clip(1), draw(1), clip(2)
    late, early = again.frame(1.0), again.frame(0.1)
    np.testing.assert_array_equal(first.frame(0.1).bgr, early.bgr)
    np.testing.assert_array_equal(first.frame(1.0).bgr, late.bgr)
    np.testing.assert_array_equal(first.frame(1.0).quads, late.quads)
    assert (first.frame(0.1).bgr != other.frame(0.1).bgr).any()
    assert (late.bgr != early.bgr).any()
    assert late.bgr.shape == (240, 320, 3)
    assert (late.bgr.dtype, late.quads.dtype, late.quads.shape) == (np.uint8, np.float32, (17, 4, 2))


def test_the_picture_moves_smoothly() -> None:
    middles = np.array([clip(3).frame(t).quads.mean(axis=(0, 1)) for t in (0, 0.02, 0.04, 0.6)])
    steps = np.linalg.norm(np.diff(middles, axis=0), axis=1)
    assert 0 < steps[:2].max() < 5
    assert steps[2] > steps[:2].max()


def glyphs(frame: Frame) -> NDArray[np.float64]:
    """The glyphs of a frame, each straightened by its quad, side by side."""
    corners = np.array([[10, 10], [30, 10], [30, 40], [10, 40]], np.float32)
    gray = cv2.cvtColor(frame.bgr, cv2.COLOR_BGR2GRAY)
    matrices = [cv2.getPerspectiveTransform(quad, corners) for quad in frame.quads]
    return np.hstack([cv2.warpPerspective(gray, matrix, (40, 50)) for matrix in matrices]).astype(np.float64)


@pytest.mark.parametrize(("index", "speed"), [(0, 0.5), (1, 0.5), (2, 1.0), (3, 1.0), (4, 2.0), (5, 8.0)])
def test_the_glyphs_are_where_the_quads_say_however_the_hand_moves(index: int, speed: float) -> None:
    """Shifted, turned, nearer and leaning: straightened by the quads they look as they did."""
    seen = []
    for some in (0.0, speed):
        one = steady(calm(), index, some)
        frame = replace(one, sensor=replace(one.sensor, exposure=0.0, readout=0.2)).frame(0.15)
        seen.append(glyphs(frame).ravel())
    assert np.corrcoef(seen)[0, 1] > 0.9
    assert np.abs(frame.quads - calm().frame(0.15).quads).max() > 2.5


def test_a_turn_changes_no_length_and_coming_nearer_does() -> None:
    def length(index: int) -> float:
        one = steady(calm(), index, 1.0)
        middles = replace(one, sensor=replace(one.sensor, readout=0.0)).frame(0.2).quads.mean(axis=1)
        return float(np.linalg.norm(middles[-1] - middles[0]))

    assert length(0) == pytest.approx(length(2), rel=1e-4)
    assert length(3) == pytest.approx(length(0) * np.exp(0.2), rel=0.01)


def test_on_a_stand_nothing_changes() -> None:
    one = replace(clip(1), sensor=replace(clip(1).sensor, noise=0.1, sharpening=1.0))
    shaken, first, later = one.frame(0.0), one.calmed().frame(0.0), one.calmed().frame(0.9)
    np.testing.assert_array_equal(first.bgr, later.bgr)
    np.testing.assert_array_equal(first.quads, later.quads)
    assert np.abs(first.bgr.astype(int) - shaken.bgr).mean() > 5
    glaring = replace(one, light=replace(one.light, glare=1.0), defocus=Wander(*np.full((3, 1, 1), 2.0)))
    np.testing.assert_array_equal(glaring.calmed().frame(0.0).bgr, first.bgr)


def test_a_frame_blurs_along_its_way() -> None:
    sharp, across, down = calm().frame(0), steady(calm(), 0, 1.5).frame(0), steady(calm(), 1, 1.5).frame(0)
    assert sharpness(across, 1) < 0.8 * sharpness(sharp, 1)
    assert sharpness(across, 1) / sharpness(across, 0) < 0.9 * sharpness(down, 1) / sharpness(down, 0)


def test_a_way_becomes_a_kernel_of_its_length() -> None:
    kernel = _trace(np.stack([np.linspace(3.2, 6.2, 50), np.full(50, 7.0)], axis=1))
    assert kernel.sum() == pytest.approx(1)
    height, width = kernel.shape
    assert (height % 2, width % 2) == (1, 1)
    along = kernel.sum(axis=0)
    assert kernel[height // 2].sum() == pytest.approx(1)
    assert (along > 0.2).sum() == 3
    assert (along @ np.arange(width)) == pytest.approx(width // 2, abs=1e-5)


def test_rows_are_read_one_after_another() -> None:
    """A picture that moves to the right leans: what is lower has moved farther."""
    moving = steady(calm(), 0, 0.5)
    leaning = moving.frame(0).quads - calm().frame(0).quads
    at = calm().frame(0).quads[..., 1]
    slope = np.polyfit(at.ravel(), leaning[..., 0].ravel(), 1)[0]
    assert slope == pytest.approx(0.5 * SIZE[0] * 0.02 / SIZE[1], rel=0.1)


def test_noise_is_new_in_every_frame_and_always_the_same_in_one() -> None:
    noisy = replace(calm(), sensor=replace(calm().sensor, noise=0.05))
    first, second = noisy.frame(0.1), noisy.frame(0.2)
    np.testing.assert_array_equal(first.bgr, noisy.frame(0.1).bgr)
    np.testing.assert_array_equal(first.quads, second.quads)
    assert (first.bgr != second.bgr).mean() > 0.5
    assert (calm().frame(0.1).bgr == calm().frame(0.2).bgr).all()


def test_the_focus_hunts() -> None:
    hunting = replace(calm(), defocus=Wander(np.full((1, 1), 3.0), np.full((1, 1), 0.5), np.zeros((1, 1))))
    assert sharpness(hunting.frame(0.5), 1) < 0.7 * sharpness(hunting.frame(0.0), 1)
    assert sharpness(hunting.frame(1.0), 1) == pytest.approx(sharpness(hunting.frame(0.0), 1), rel=0.01)


def test_a_light_wanders_over_and_the_exposure_drifts() -> None:
    path = Wander(np.array([[0.5, 0.0]]), np.full((1, 2), 0.5), np.zeros((1, 2)))
    glaring = replace(calm(), light=replace(calm().light, glare=1.0, reach=(9.0, 9.0), path=path))
    for time, place in ((-0.5, 0), (0.0, 8), (0.5, 16)):
        brighter = glaring.frame(time).bgr.astype(int) - calm().frame(time).bgr
        y, x = np.unravel_index(brighter.sum(axis=2).argmax(), brighter.shape[:2])
        assert np.hypot(*(calm().frame(time).quads[place].mean(axis=0) - [x, y])) < 20
    drift = Wander(np.full((1, 1), 0.5), np.full((1, 1), 0.5), np.zeros((1, 1)))
    drifting = replace(calm(), light=replace(calm().light, drift=drift))
    levels = [float(drifting.frame(time).bgr.mean()) for time in (-0.5, 0.0, 0.5)]
    assert levels == sorted(levels)
    assert levels[2] > 1.2 * levels[0]


def test_what_is_not_asked_for_is_drawn() -> None:
    some = [draw_clip(np.random.default_rng(seed), (160, 120)) for seed in range(5)]
    assert len({one.vin for one in some}) == 5
    assert len({one.place for one in some}) > 1
    assert draw_clip(np.random.default_rng(0), (320, 180)).frame(0).bgr.shape == (180, 320, 3)
