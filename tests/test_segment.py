"""The true segmentation is in the lattice, whatever is done to the glyphs; the lattice stays within its bounds."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vinchar.segment import MAX_ARCS, estimate_pitch, segment
from vinchar.types import GLYPH_HEIGHT, PITCH, STRIP_HEIGHT, STRIP_WIDTH, Gray, Lattice, Strip

Spans = list[tuple[int, int]]
TEXT = "1HGCM82633A0WM1V4"
TOP = (STRIP_HEIGHT - GLYPH_HEIGHT) // 2


def as_strip(gray: Gray) -> Strip:
    return Strip(gray, np.zeros((2, gray.shape[1] + 1, 2), np.float32))


def glyph(char: str) -> Gray:
    canvas = np.zeros((200, 200), np.uint8)
    cv2.putText(canvas, char, (50, 150), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 255, 12)
    x, y, width, height = cv2.boundingRect(canvas)
    return canvas[y : y + height, x : x + width]


def draw(gap: int, *, text: str = TEXT) -> tuple[Gray, Spans]:
    """Draw proportional glyphs over about 340 px, ``gap`` px between them, and return their true columns."""
    glyphs = [glyph(char) for char in text]
    scale = (340 - gap * (len(text) - 1)) / sum(g.shape[1] for g in glyphs)
    gray = np.full((STRIP_HEIGHT, STRIP_WIDTH), 40, np.uint8)
    spans, x = [], 30
    for big in glyphs:
        width = max(round(big.shape[1] * scale), 3)
        small = cv2.resize(big, (width, GLYPH_HEIGHT), interpolation=cv2.INTER_AREA)
        place = gray[TOP : TOP + GLYPH_HEIGHT, x : x + width]
        np.maximum(place, small // 4 * 3, out=place)
        spans.append((x, x + width))
        x += width + gap
    return gray, spans


def holds(lattice: Lattice, spans: Spans, centre: float = 3, overlap: float = 0.6) -> bool:
    """Say whether disjoint arcs, in order, cover the true columns; the earliest end is the best choice each time."""
    x0, x1 = lattice.cuts[lattice.arcs].T
    reached = -1
    for left, right in spans:
        share = (np.minimum(x1, right) - np.maximum(x0, left)) / (np.maximum(x1, right) - np.minimum(x0, left))
        fits = (share >= overlap) & (np.abs(x0 + x1 - left - right) <= 2 * centre) & (x0 >= reached)
        if not fits.any():
            return False
        reached = x1[fits].min()
    return True


def arc_at(lattice: Lattice, left: int, right: int) -> int:
    """Return the arc nearest to the columns ``left`` to ``right``."""
    return int(np.abs(lattice.cuts[lattice.arcs] - (left, right)).sum(axis=1).argmin())


def test_clean_glyphs_are_arcs_without_cost() -> None:
    gray, spans = draw(gap=5)
    lattice = segment(as_strip(gray))
    assert holds(lattice, spans, centre=1.5, overlap=0.75)
    wide_enough = [span for span in spans if 9 <= span[1] - span[0] <= 22]
    assert len(wide_enough) > 10
    for span in wide_enough:
        arc = arc_at(lattice, *span)
        assert lattice.cost[arc] < 0.3
        assert np.abs(lattice.boxes[arc] - (span[0], TOP, span[1], TOP + GLYPH_HEIGHT)).max() <= 2


@pytest.mark.parametrize("gap", [0, -2])
@pytest.mark.parametrize("sigma", [0.5, 2.0])
def test_touching_glyphs_are_in_the_lattice(gap: int, sigma: float) -> None:
    gray, spans = draw(gap)
    assert holds(segment(as_strip(cv2.GaussianBlur(gray, (0, 0), sigma))), spans)


def test_broken_glyphs_are_in_the_lattice() -> None:
    gray, spans = draw(gap=4)
    for left, right in spans[::2]:
        gray[:, (left + right) // 2 - 1 : (left + right) // 2 + 1] = 40
    assert holds(segment(as_strip(gray)), spans)


def test_parts_above_one_another_are_one_glyph() -> None:
    gray, spans = draw(gap=5)
    gray[18:21] = 40
    lattice = segment(as_strip(gray))
    for span in spans:
        if 9 <= span[1] - span[0] <= 22:
            arc = arc_at(lattice, *span)
            assert lattice.cost[arc] < 0.3
            assert lattice.boxes[arc, 3] - lattice.boxes[arc, 1] >= GLYPH_HEIGHT - 2


def test_no_cheap_cut_parts_what_stands_above_one_another() -> None:
    gray = np.full((STRIP_HEIGHT, STRIP_WIDTH), 40, np.uint8)
    gray[TOP : TOP + 11, 100:114] = 200
    gray[TOP + 15 : TOP + GLYPH_HEIGHT, 106:120] = 200
    lattice = segment(as_strip(gray))
    assert lattice.cost[arc_at(lattice, 100, 120)] < 0.3
    assert lattice.cost[arc_at(lattice, 100, 114)] > 0.3
    assert lattice.cost[arc_at(lattice, 106, 120)] > 0.3


def test_noise_and_a_bright_half_hide_nothing() -> None:
    gray, spans = draw(gap=2)
    noisy = cv2.GaussianBlur(gray, (0, 0), 1.0) + np.random.default_rng(3).normal(0, 15, gray.shape)
    noisy[:, 200:] = 160 + noisy[:, 200:] / 3
    assert holds(segment(as_strip(np.clip(noisy, 0, 255).astype(np.uint8))), spans)


def test_glyphs_joined_by_a_frame_are_in_the_lattice() -> None:
    gray, spans = draw(gap=4)
    gray[TOP + GLYPH_HEIGHT - 1 : TOP + GLYPH_HEIGHT + 1] = 200
    assert holds(segment(as_strip(gray)), spans)


def pictures() -> list[Gray]:
    """Pictures with no text at all: flat, noise at every scale, and a barcode."""
    rng = np.random.default_rng(5)
    flat = [np.full((STRIP_HEIGHT, STRIP_WIDTH), value, np.uint8) for value in (0, 128, 255)]
    noise = [rng.integers(0, 256, (STRIP_HEIGHT, STRIP_WIDTH)).astype(np.uint8) for _ in range(20)]
    smooth = [cv2.GaussianBlur(gray, (0, 0), 0.5 + i / 3) for i, gray in enumerate(noise)]
    bars = np.repeat(rng.integers(0, 2, (1, STRIP_WIDTH // 2)).astype(np.uint8) * 255, 2, axis=1)
    return [*flat, *noise, *smooth, np.repeat(bars, STRIP_HEIGHT, axis=0), draw(gap=3)[0]]


def test_every_column_has_an_arc_about_a_pitch_wide() -> None:
    for gray in pictures():
        lattice = segment(as_strip(gray))
        x0, x1 = lattice.cuts[lattice.arcs].T
        centres = ((x0 + x1) / 2)[np.abs(x1 - x0 - PITCH) <= 0.2 * PITCH]
        columns = np.arange(10, STRIP_WIDTH - 9)
        assert np.abs(columns[:, None] - centres).min(axis=1).max() <= 3


def test_the_lattice_keeps_its_bounds() -> None:
    for gray in pictures():
        lattice = segment(as_strip(gray))
        assert len(lattice.cuts) <= 201
        assert np.diff(lattice.cuts).min() >= 2
        assert lattice.cuts[0] >= 0
        assert lattice.cuts[-1] <= STRIP_WIDTH
        assert 100 < len(lattice.arcs) <= MAX_ARCS
        assert len(np.unique(lattice.arcs, axis=0)) == len(lattice.arcs)
        assert np.array_equal(lattice.boxes[:, ::2], lattice.cuts[lattice.arcs])
        assert (lattice.boxes[:, 1] < lattice.boxes[:, 3]).all()
        assert lattice.cost.min() >= 0


def test_a_box_without_ink_is_nominal() -> None:
    lattice = segment(as_strip(np.full((STRIP_HEIGHT, STRIP_WIDTH), 90, np.uint8)))
    assert (lattice.boxes[:, [1, 3]] == (TOP, TOP + GLYPH_HEIGHT)).all()


def test_what_has_no_ink_or_only_half_a_glyph_costs_more() -> None:
    gray, spans = draw(gap=5)
    lattice = segment(as_strip(gray))
    assert lattice.cost[arc_at(lattice, 0, 20)] > 3
    half = arc_at(lattice, (spans[2][0] + spans[2][1]) // 2, (spans[3][0] + spans[3][1]) // 2)
    assert lattice.cost[half] > lattice.cost[arc_at(lattice, *spans[2])] + 1


@pytest.mark.parametrize("pitch", [17, 20, 23])
def test_pitch_is_measured(pitch: int) -> None:
    profile = np.zeros(STRIP_WIDTH, np.float32)
    for x in range(30, 30 + 16 * pitch, pitch):
        profile[x : x + pitch // 2] = 10
    assert abs(estimate_pitch(profile) - pitch) <= 1


def test_pitch_is_nominal_where_there_is_none() -> None:
    assert estimate_pitch(np.zeros(STRIP_WIDTH, np.float32)) == PITCH


def test_a_strip_too_small_is_refused() -> None:
    with pytest.raises(ValueError, match="got a strip of 30x40"):
        segment(as_strip(np.zeros((40, 30), np.uint8)))
