"""Whole synthetic photos: the same from a seed, the glyphs where the quads say, and what was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import cv2
import numpy as np
import pytest

from vinchar.drawing import layouts, photos
from vinchar.drawing.faces import font_faces
from vinchar.drawing.layouts import set_vin
from vinchar.drawing.photos import CAP, PLACES, SIZES, SMALL_CAP, Photo, Place, aim, draw_photo
from vinchar.drawing.scenes import View
from vinchar.vin import validate

VIN = "1HGCM82633A004352"
FACE = next(face for face in font_faces() if face.name == "roboto-700")


@pytest.fixture(scope="module", autouse=True)
def _coarser() -> Iterator[None]:
    """Large photos are drawn as coarse as small ones, which is several times as fast."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(photos, "CAP", SMALL_CAP)
        yield


def draw(seed: int, place: Place) -> Photo:
    return draw_photo(np.random.default_rng([seed, 4]), place, VIN, FACE, calm=True)


photo = cache(draw)


def contrasts(drawn: Photo) -> np.ndarray:
    """How much lighter the glyphs are inside their quads than just above and below, one number a glyph."""
    gray = cv2.cvtColor(drawn.bgr, cv2.COLOR_BGR2GRAY).astype(np.float32)
    found = []
    for quad in drawn.quads:
        x, y, width, height = cv2.boundingRect(quad)
        part = gray[y : y + height, x : x + width]
        found.append(np.percentile(part, 92) - np.percentile(part, 8))
    return np.array(found)


@pytest.mark.parametrize("place", PLACES)
def test_the_same_from_the_same_seed_and_another_from_another(place: Place) -> None:
    first, again, other = photo(1, place), draw(1, place), photo(2, place)
    np.testing.assert_array_equal(first.bgr, again.bgr)
    np.testing.assert_array_equal(first.quads, again.quads)
    assert first.bgr.shape != other.bgr.shape or (first.bgr != other.bgr).any()


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("place", PLACES)
def test_every_glyph_is_inside_and_its_quad_runs_clockwise(place: Place, seed: int) -> None:
    drawn = photo(seed, place)
    height, width = drawn.bgr.shape[:2]
    assert drawn.bgr.dtype == np.uint8
    assert (width, height) in SIZES
    assert drawn.quads.shape == (17, 4, 2)
    assert drawn.quads.dtype == np.float32
    assert (drawn.quads > 0).all()
    assert (drawn.quads < [width, height]).all()
    assert all(cv2.contourArea(quad, oriented=True) > 0 for quad in drawn.quads)
    middles = drawn.quads.mean(1)
    along = middles[-1] - middles[0]
    assert (np.diff(middles @ along) > 0).all()
    assert abs(np.degrees(np.arctan2(along[1], along[0]))) < 19
    assert 0.35 * width < np.linalg.norm(along) < 0.9 * width


@pytest.mark.parametrize("place", ["label", "windscreen"])
def test_the_ink_lies_in_the_quads(place: Place) -> None:
    """Seen straight on, ink in the quads is what the glyphs have, ink just outside is none."""
    clear = [drawn for drawn in (photo(seed, place) for seed in range(6)) if contrasts(drawn).min() > 70]
    assert len(clear) >= 2
    for drawn in clear:
        gray = cv2.cvtColor(drawn.bgr, cv2.COLOR_BGR2GRAY)
        straight = []
        for quad in drawn.quads:
            corners = np.array([[10, 20], [50, 20], [50, 80], [10, 80]], np.float32)
            straight.append(cv2.warpPerspective(gray, cv2.getPerspectiveTransform(quad, corners), (60, 100)))
        mean = np.mean(straight, axis=0) * (1 if drawn.light else -1)
        assert mean[24:76, 12:48].mean() > mean[8:15, 12:48].mean() + 10
        assert mean[24:76, 12:48].mean() > mean[85:92, 12:48].mean() + 10


def test_the_vin_stays_inside_wherever_the_camera_looks() -> None:
    rng = np.random.default_rng(7)
    layout = layouts.frame(set_vin(VIN, CAP, rng, FACE, marks=False), (1200, 1600), rng)
    for focus in ((0.0, 0.0), (1600.0, 1200.0), (800.0, 600.0)):
        matrix = aim(layout.printed, focus, View(8, 1.0, 400), (640, 480), rng)
        points = cv2.perspectiveTransform(layout.printed.boxes.reshape(-1, 1, 2), matrix)
        assert (points > 0).all()
        assert (points < [640, 480]).all()


def test_what_is_not_asked_for_is_drawn() -> None:
    drawn = [draw_photo(np.random.default_rng(seed)) for seed in range(4)]
    assert len({one.vin for one in drawn}) == 4
    for one in drawn:
        validate(one.vin)
    assert {one.light for one in drawn} == {True, False}


def test_photos_have_colour() -> None:
    spread = [np.ptp(photo(seed, "label").bgr.reshape(-1, 3).mean(0)) for seed in range(6)]
    assert max(spread) > 5


@pytest.mark.parametrize("place", PLACES)
def test_a_layout_has_the_vin_as_it_was_set(place: Place) -> None:
    rng = np.random.default_rng(5)
    row = set_vin(VIN, CAP, rng, FACE, marks=True)
    layout = getattr(layouts, place)(row, (1200, 1600), rng)
    printed = layout.printed
    shift = printed.boxes[0] - row.boxes[0]
    np.testing.assert_allclose(printed.boxes, row.boxes + shift, atol=1e-3)
    assert (shift == shift.round()).all()
    x0, y0, x1, y1 = printed.boxes.astype(int)[8]
    there = printed.ink[y0:y1, x0:x1]
    dx, dy = shift[:2].astype(int)
    np.testing.assert_array_equal(there, row.ink[y0 - dy : y1 - dy, x0 - dx : x1 - dx])
    assert there.max() > 0.9
    assert printed.plate[y0:y1, x0:x1].all()


def test_a_label_holds_more_than_the_vin_and_a_windscreen_strip_does_not() -> None:
    inks = {}
    for place in ("label", "windscreen"):
        rng = np.random.default_rng(6)
        row = set_vin(VIN, CAP, rng, FACE, marks=False)
        inks[place] = float(getattr(layouts, place)(row, (1200, 1600), rng).printed.ink.sum() / row.ink.sum())
    assert inks["label"] > 2
    assert inks["windscreen"] < 1.8
