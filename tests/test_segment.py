"""Glyphs come apart where the ink between them is least, and each keeps all that hangs together."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.segment import segment
from vinchar.types import GLYPH_HEIGHT, STRIP_HEIGHT, STRIP_WIDTH, Gray

Spans = list[tuple[int, int]]
TEXT = "1HGCM82633A0WM1V4"
TOP = (STRIP_HEIGHT - GLYPH_HEIGHT) // 2


def glyph(char: str) -> Gray:
    canvas = np.zeros((200, 200), np.uint8)
    cv2.putText(canvas, char, (50, 150), cv2.FONT_HERSHEY_SIMPLEX, 3.0, 255, 12)
    x, y, width, height = cv2.boundingRect(canvas)
    return canvas[y : y + height, x : x + width]


def draw(gap: int) -> tuple[Gray, Spans]:
    """Draw proportional glyphs over about 340 px, ``gap`` px between them, and return their true columns."""
    glyphs = [glyph(char) for char in TEXT]
    scale = (340 - gap * (len(TEXT) - 1)) / sum(g.shape[1] for g in glyphs)
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


def middles(spans: Spans, shift: float = 0.0) -> NDArray[np.float32]:
    return np.array([[(a + b) / 2 + shift for a, b in spans]], np.float32)


def misses(boxes: NDArray[np.int32], spans: Spans) -> NDArray[np.int64]:
    """How many columns each box begins and ends away from its glyph."""
    return np.abs(boxes[:, [0, 2]] - spans)


@pytest.mark.parametrize("shift", [-2.0, 0.0, 2.0])
def test_clean_glyphs_get_their_boxes_wherever_about_the_middles_are_seen(shift: float) -> None:
    gray, spans = draw(gap=5)
    boxes = segment(gray, middles(spans, shift))
    assert boxes.shape == (1, 17, 4)
    assert boxes.dtype == np.int32
    assert misses(boxes[0], spans).max() <= 1
    assert np.abs(boxes[0, :, [1, 3]].T - (TOP, TOP + GLYPH_HEIGHT)).max() <= 1


@pytest.mark.parametrize(("gap", "mean"), [(1, 1), (0, 3), (-2, 4)])
def test_touching_glyphs_come_apart(gap: int, mean: float) -> None:
    gray, spans = draw(gap)
    (boxes,) = segment(gray, middles(spans))
    assert misses(boxes, spans).mean() <= mean
    assert (boxes[1:, 0] >= boxes[:-1, 2]).all()


def test_broken_glyphs_stay_whole() -> None:
    gray, spans = draw(gap=5)
    gray[18:21] = 40  # all are cut across
    for left, right in spans[1::2]:
        gray[:, (left + right) // 2 - 1 : (left + right) // 2 + 1] = 40
    (boxes,) = segment(gray, middles(spans))
    assert misses(boxes, spans).max() <= 2
    assert (boxes[:, 3] - boxes[:, 1] >= GLYPH_HEIGHT - 2).all()


def test_a_bright_half_and_noise_hide_nothing() -> None:
    gray, spans = draw(gap=4)
    noisy = cv2.GaussianBlur(gray, (0, 0), 0.7) + np.random.default_rng(3).normal(0, 5, gray.shape)
    noisy[:, 200:] = 160 + noisy[:, 200:] / 3
    (boxes,) = segment(np.clip(noisy, 0, 255).astype(np.uint8), middles(spans))
    assert np.median(misses(boxes, spans)) <= 1
    assert misses(boxes, spans).max() <= 4


def test_without_ink_boxes_are_nominal_from_cut_to_cut() -> None:
    centres = np.arange(40, 361, 20, dtype=np.float32)[None]
    (boxes,) = segment(np.full((STRIP_HEIGHT, STRIP_WIDTH), 90, np.uint8), centres)
    assert (boxes[:, [1, 3]] == (TOP, TOP + GLYPH_HEIGHT)).all()
    np.testing.assert_array_equal(boxes[1:, 0], boxes[:-1, 2])
    assert np.abs(boxes[:, [0, 2]].mean(axis=1) - centres[0]).max() <= 2


def test_each_way_to_part_a_strip_gets_its_boxes() -> None:
    gray, spans = draw(gap=5)
    one, other = middles(spans), middles(spans)[:, ::-1] * 0 + np.arange(40, 361, 20, dtype=np.float32)
    both = segment(gray, np.concatenate([one, other]))
    np.testing.assert_array_equal(both[0], segment(gray, one)[0])
    np.testing.assert_array_equal(both[1], segment(gray, other)[0])
