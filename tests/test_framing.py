"""Frames round a VIN: every one holds it, points are found in bent ones, and targets say what geometry says."""

from __future__ import annotations

import numpy as np
import pytest

from vinchar.drawing.scenes import draw_scene
from vinchar.rectify import (
    FINE_GLYPH,
    FINE_LENGTH,
    LINE_HEIGHT,
    LINE_STRIDE,
    LINE_WIDTH,
    Edges,
    Line,
    bend,
    fit_line,
    frame_at,
    frame_of_picture,
)
from vinchar.training.framing import draw_box_frame, draw_frame, draw_level_frame, line_targets, place_in_frame

SEEDS = range(12)


def bent_frame(rng: np.random.Generator) -> Edges:
    """A frame along a bowed, leaning line that grows to one side."""
    line = Line(
        start=0.1 + rng.normal(0, 0.03),
        end=0.9 + rng.normal(0, 0.03),
        centre=np.array([rng.normal(0, 0.08), rng.normal(0, 0.1), 0.5]),
        height=np.array([rng.normal(0, 0.02), 0.3]),
        slant=np.array([rng.normal(0, 0.01), rng.normal(0, 0.05)]),
        light=1.0,
    )
    return bend(frame_of_picture((160, 640)), line, FINE_LENGTH, FINE_GLYPH, LINE_WIDTH // 4)


def level_quads(start: float, top: float, width: float, height: float, lean: float = 0.0) -> np.ndarray:
    """Seventeen glyphs side by side, upright or leaning by ``lean`` px to the right for each px up."""
    step = width / 17
    x0 = start + step * np.arange(17)
    shift = lean * height / 2
    corners = [
        (x0 + shift, top),
        (x0 + step + shift, top),
        (x0 + step - shift, top + height),
        (x0 - shift, top + height),
    ]
    return np.stack([np.stack(np.broadcast_arrays(x, y), 1) for x, y in corners], 1).astype(np.float32)


@pytest.mark.parametrize("seed", SEEDS)
def test_placing_inverts_sampling_on_bent_frames(seed: int) -> None:
    rng = np.random.default_rng(seed)
    edges = bent_frame(rng)
    x, y = rng.uniform(0.02, 0.98, 200), rng.uniform(-0.1, 1.1, 200)
    top, bottom = frame_at(edges, x)
    points = top + (bottom - top) * y[:, None]
    placed = place_in_frame(points.astype(np.float32), edges)
    assert placed.dtype == np.float64
    error = (placed - np.stack([x, y], 1)) * [LINE_WIDTH, LINE_HEIGHT]
    assert np.abs(error).max() < 0.1


def test_placing_keeps_the_shape_and_reaches_beyond_the_frame() -> None:
    edges = frame_of_picture((40, 400))
    placed = place_in_frame(np.array([[[-40, 20], [440, 60]], [[200, -20], [0, 0]]], np.float32), edges)
    assert np.allclose(placed, [[[-0.1, 0.5], [1.1, 1.5]], [[0.5, -0.5], [0, 0]]], atol=1e-6)


def test_targets_of_a_level_line() -> None:
    quads = level_quads(start=40, top=20, width=170, height=16)
    target = line_targets(quads, frame_of_picture((LINE_HEIGHT, LINE_WIDTH)), light=True)
    x = (np.arange(len(target)) + 0.5) * LINE_STRIDE
    assert target.shape == (LINE_WIDTH // LINE_STRIDE, 8)
    assert np.array_equal(target[:, 0] > 0.5, (x > 40) & (x < 210))
    assert target[:, 0].sum() * LINE_STRIDE == pytest.approx(170)  # partly covered columns count in part
    assert np.allclose(target[:, 1], 28 / LINE_HEIGHT, atol=1e-4)
    assert np.allclose(target[:, 2], 16 / LINE_HEIGHT, atol=1e-4)
    assert np.allclose(target[:, 3], 0, atol=1e-4)
    assert np.all(target[:, 4] == 1)
    assert np.allclose(x - target[:, 5] * LINE_WIDTH, 40, atol=1e-3)
    assert np.allclose(x + target[:, 6] * LINE_WIDTH, 210, atol=1e-3)
    assert np.array_equal(target[:, 7] == 1, (x > 34) & (x < 216))


def test_targets_of_a_rising_leaning_dark_line() -> None:
    quads = level_quads(start=40, top=30, width=170, height=16, lean=0.5)
    quads[..., 1] -= 0.1 * (quads[..., 0] - 125)  # rises by a tenth
    target = line_targets(quads, frame_of_picture((LINE_HEIGHT, LINE_WIDTH)), light=False)
    x = (np.arange(len(target)) + 0.5) * LINE_STRIDE
    assert np.allclose(target[:, 1], (38 - 0.1 * (x - 125)) / LINE_HEIGHT, atol=1e-3)
    assert np.all(target[:, 3] > 0.4)
    assert np.all(target[:, 4] == 0)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_net_that_says_the_targets_straightens_the_line(seed: int) -> None:
    """Targets to fitted line to finer frame: the VIN fills it as the reader expects."""
    rng = np.random.default_rng(seed)
    quads = level_quads(100, 100, 340, 34, lean=rng.normal(0, 0.2))
    angle = rng.normal(0, 0.05)
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    quads = ((quads - 250) @ turn.T + 250).astype(np.float32)
    edges = draw_box_frame(quads, rng)
    target = line_targets(quads, edges, light=True)
    inside = np.log((target[:, :1] + 1e-4) / (1 - target[:, :1] + 1e-4))
    said = np.concatenate([inside, target[:, 1:4], np.full((64, 1), 9), target[:, 5:7]], 1)
    line = fit_line(said.astype(np.float32))
    assert line is not None
    finer = bend(edges, line, FINE_LENGTH, FINE_GLYPH, LINE_WIDTH // 4)
    placed = place_in_frame(quads, finer)
    margin = (1 - FINE_LENGTH) / 2
    assert placed[0, [0, 3], 0].mean() == pytest.approx(margin, abs=0.012)
    assert placed[-1, [1, 2], 0].mean() == pytest.approx(1 - margin, abs=0.012)
    assert np.abs(placed.mean(1)[:, 1] - 0.5).max() < 0.02
    height = placed[:, 2:, 1].mean(1) - placed[:, :2, 1].mean(1)
    assert np.abs(height - FINE_GLYPH).max() < 0.03
    upright = placed[:, [0, 1], 0] - placed[:, [3, 2], 0]
    assert np.abs(upright).max() < 0.01


def test_boxes_hold_the_vin_in_loose_margins() -> None:
    rng = np.random.default_rng(0)
    quads = draw_scene(np.random.default_rng(1)).quads
    for _ in range(200):
        edges = draw_box_frame(quads, rng)
        assert np.all(edges[:, 0, 0] == edges[0, 0, 0])  # upright
        assert np.all(edges[0, :, 1] == edges[0, 0, 1])
        placed = place_in_frame(quads, edges)
        assert placed.min() > -0.06
        assert placed.max() < 1.06


@pytest.fixture(scope="module")
def drawn() -> list[np.ndarray]:
    """Quads of scenes."""
    return [draw_scene(np.random.default_rng(seed)).quads for seed in range(40)]


@pytest.mark.parametrize(("spread", "least"), [(1.0, 0.99), (3.0, 0.9)])
def test_level_frames_lie_along_the_line(spread: float, least: float, drawn: list[np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    inside, lengths = [], []
    for quads in drawn * 2:
        placed = place_in_frame(quads.mean(1), draw_level_frame(quads, rng, spread))
        inside.append(np.mean((placed > 0) & (placed < 1)))
        lengths.append(placed[-1, 0] - placed[0, 0])
    assert np.mean(inside) >= least
    assert np.median(lengths) == pytest.approx(FINE_LENGTH * 16 / 17, rel=0.1)
    assert np.std(lengths) == pytest.approx(0.06 * spread * FINE_LENGTH, rel=0.5)


def test_frames_contain_the_vin_and_are_of_all_kinds(drawn: list[np.ndarray]) -> None:
    rng = np.random.default_rng(0)
    inside, upright = [], 0
    for quads in drawn[:20] * 10:
        edges = draw_frame(quads, rng)
        assert edges.shape == (2, 2, 2)
        assert edges.dtype == np.float32
        inside.append(np.mean(np.abs(place_in_frame(quads.mean(1), edges) - 0.5) < 0.5))
        upright += bool(np.all(edges[:, 0, 0] == edges[0, 0, 0]))
    assert np.mean(inside) > 0.97
    assert 70 < upright < 130
