"""Lines of text are found in pictures drawn here: level, tilted, upright, light and dark, beside a barcode."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.textlines import find_textlines
from vinchar.types import Quad

VIN = "1HGCM82633A004352"


def _draw(angle: float, *, dark: bool, barcode: bool) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """Return a photo of one line, with a barcode below it if asked, and the line's corners."""
    rng = np.random.default_rng(7)
    size = height, width = 480, 640
    texture = cv2.GaussianBlur(rng.normal(0, 30, size).astype(np.float32), (0, 0), 4)
    scale = 0.8
    (w, h), _ = cv2.getTextSize(VIN, cv2.FONT_HERSHEY_SIMPLEX, scale, 2)
    x, y = (width - w) // 2, (height + h) // 2
    ink = np.zeros(size, np.uint8)
    cv2.putText(ink, VIN, (x, y), cv2.FONT_HERSHEY_SIMPLEX, scale, 255, 2, cv2.LINE_AA)
    left, top, wide, tall = cv2.boundingRect(ink)
    if barcode:
        edge = x
        while edge < x + w:
            bar = int(rng.integers(2, 5))
            ink[y + h : y + 3 * h, edge : edge + bar] = 255
            edge += bar + int(rng.integers(2, 5))
    turn = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1.0)
    alpha = cv2.warpAffine(ink, turn, (width, height)).astype(np.float32) / 255
    paper, colour = (190, 40) if dark else (60, 210)
    gray = np.clip((paper + texture) * (1 - alpha) + colour * alpha, 0, 255).astype(np.uint8)
    right, bottom = left + wide, top + tall
    corners = np.array([[left, top, 1], [right, top, 1], [right, bottom, 1], [left, bottom, 1]], np.float64)
    return gray, (corners @ turn.T).astype(np.float32)


def _iou(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    shared, _ = cv2.intersectConvexConvex(a, b)
    return shared / (cv2.contourArea(a) + cv2.contourArea(b) - shared)


def _rank(quads: list[Quad], truth: NDArray[np.float32], least: float = 0.5) -> int:
    """Return the place of the first quad that covers the line, or 99."""
    return next((i for i, quad in enumerate(quads) if _iou(quad.points, truth) >= least), 99)


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("angle", [0, 8, -20, 33, -45, 90])
def test_finds_a_line_at_any_angle(angle: float, dark: bool) -> None:
    gray, truth = _draw(angle, dark=dark, barcode=False)
    assert _rank(find_textlines(gray), truth) == 0


@pytest.mark.parametrize("dark", [True, False])
@pytest.mark.parametrize("angle", [0, 15, -30])
def test_the_barcode_does_not_win(angle: float, dark: bool) -> None:
    gray, truth = _draw(angle, dark=dark, barcode=True)
    assert _rank(find_textlines(gray), truth) == 0


@pytest.mark.parametrize("size", [256, 1024])
def test_finds_a_line_in_a_small_and_in_a_large_photo(size: int) -> None:
    gray, truth = _draw(5, dark=True, barcode=True)
    factor = size / gray.shape[1]
    photo = cv2.resize(gray, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA).astype(np.uint8)
    assert _rank(find_textlines(photo), truth * np.float32(factor)) < 3


def test_the_quad_is_tight_round_the_text_and_holds_all_of_it() -> None:
    gray, truth = _draw(12, dark=True, barcode=False)
    quad = find_textlines(gray)[0].points
    assert all(cv2.pointPolygonTest(quad, (float(x), float(y)), False) >= 0 for x, y in truth)
    assert cv2.contourArea(quad) < 2 * cv2.contourArea(truth)


def test_corners_run_clockwise_from_the_top_left_of_the_text() -> None:
    gray, truth = _draw(10, dark=True, barcode=False)
    quad = find_textlines(gray)[0].points
    np.testing.assert_allclose(quad, truth, atol=0.08 * 400)
    assert quad[:2, 1].mean() < quad[2:, 1].mean()


def test_a_line_parted_by_a_reflection_is_found_whole() -> None:
    gray, truth = _draw(0, dark=True, barcode=False)
    gray[:, 320:] = 255 - gray[:, 320:]
    assert _rank(find_textlines(gray), truth) < 6


@pytest.mark.parametrize("value", [0, 128, 255])
def test_nothing_in_a_blank_picture(value: int) -> None:
    assert find_textlines(np.full((300, 400), value, np.uint8)) == []


def test_noise_never_looks_as_good_as_text() -> None:
    rng = np.random.default_rng(3)
    noise = find_textlines(rng.integers(0, 256, (300, 400), np.uint8))
    text = find_textlines(_draw(0, dark=True, barcode=False)[0])
    assert all(quad.score < text[0].score - 2 for quad in noise)


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (1, 500), (500, 1), (3, 4000), (2000, 5), (0, 0), (0, 7)])
def test_odd_shapes_do_no_harm(shape: tuple[int, int]) -> None:
    rng = np.random.default_rng(5)
    quads = find_textlines(rng.integers(0, 256, shape).astype(np.uint8))
    assert len(quads) <= 12
    assert all(np.isfinite(quad.points).all() for quad in quads)


def test_best_first_no_more_than_asked_and_the_same_every_time() -> None:
    gray, _ = _draw(0, dark=True, barcode=True)
    gray[300:450] = np.random.default_rng(1).integers(0, 256, (150, 640), np.uint8)
    quads = find_textlines(gray, limit=5)
    scores = [quad.score for quad in quads]
    assert len(quads) == 5
    assert scores == sorted(scores, reverse=True)
    for again, quad in zip(find_textlines(gray, limit=5), quads, strict=True):
        np.testing.assert_array_equal(again.points, quad.points)
    for first, quad in zip(find_textlines(gray, limit=2), quads, strict=False):
        np.testing.assert_array_equal(first.points, quad.points)
    assert find_textlines(gray, limit=0) == []


@pytest.mark.parametrize("bad", [np.zeros((4, 4), np.float32), np.zeros((4, 4, 3), np.uint8), None])
def test_anything_but_a_grey_picture_is_refused(bad: object) -> None:
    with pytest.raises(ValueError, match="expected uint8"):
        find_textlines(bad)  # type: ignore[arg-type]
