"""Scenes: the same from the same seed, and every glyph's quad where its ink ends up, whatever the camera does."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from vinchar.drawing import scenes
from vinchar.drawing.camera import expose
from vinchar.drawing.printing import Print
from vinchar.drawing.scenes import Scene, draw_scene, is_clear, least_contrast
from vinchar.vin import ALPHABET, validate

VIN = "1HGCM82633A004352"
CAP, WIDE, STEP = 40, 26, 36
LEVELS = np.linspace(0.3, 1.0, 17)  # the grey value of each glyph's block, so that no two can be taken for each other


def blocks(*_: object) -> Print:
    """A print of known geometry: a block of its own grey value for every glyph."""
    ink = np.zeros((8 * CAP, 17 * STEP + 4 * CAP), np.float32)
    boxes = np.zeros((17, 4), np.float32)
    y = len(ink) // 2 - CAP // 2
    for i, level in enumerate(LEVELS):
        x = 2 * CAP + i * STEP
        boxes[i] = x, y, x + WIDE, y + CAP
        ink[y : y + CAP, x : x + WIDE] = level
    return Print(ink, np.ones_like(ink), boxes, CAP)


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ink as it is: no material, no light, no lens."""
    monkeypatch.setattr(scenes, "surface", lambda printed, *_: printed.ink)
    monkeypatch.setattr(scenes, "light", lambda plane, *_: plane)
    monkeypatch.setattr(scenes, "expose", lambda photo, *_: (np.round(photo * 255).astype(np.uint8), 0.0))


@pytest.fixture(scope="module")
def drawn() -> list[Scene]:
    """Scenes of the seeds from 0 on, drawn as they are for training."""
    return [draw_scene(np.random.default_rng(seed)) for seed in range(60)]


def values_in(scene: Scene, quad: np.ndarray, scale: float) -> np.ndarray:
    """The pixels of the quad, grown or shrunk about its centre."""
    centre = quad.mean(0)
    mask = np.zeros(scene.gray.shape, np.uint8)
    cv2.fillConvexPoly(mask, np.round(centre + (quad - centre) * scale).astype(np.int32), 1)
    return scene.gray[mask > 0]


def assert_same(one: Scene, other: Scene) -> None:
    assert (one.vin, one.light) == (other.vin, other.light)
    assert np.array_equal(one.gray, other.gray)
    assert np.array_equal(one.quads, other.quads)


@pytest.mark.parametrize("held_out", [False, True])
def test_a_scene_depends_on_its_generator_alone(held_out: bool) -> None:
    first = draw_scene(np.random.default_rng(5), held_out)
    np.random.seed(99)  # noqa: NPY002  (must make no difference)
    assert_same(draw_scene(np.random.default_rng(5), held_out), first)
    other = draw_scene(np.random.default_rng(6), held_out)
    assert other.gray.shape != first.gray.shape or not np.array_equal(other.gray, first.gray)


def test_a_scene_holds_what_its_docstring_says(drawn: list[Scene]) -> None:
    for seed, scene in enumerate(drawn):
        validate(scene.vin)
        assert scene.gray.dtype == np.uint8
        assert scene.gray.ndim == 2
        assert scene.quads.shape == (17, 4, 2)
        assert scene.quads.dtype == np.float32
        assert isinstance(scene.light, bool)
        height, width = scene.gray.shape
        assert np.all(scene.quads.mean(1) > 0), seed
        assert np.all(scene.quads.mean(1) < [width, height]), seed


def test_the_given_vin_is_drawn() -> None:
    one, other = (draw_scene(np.random.default_rng(3), vin=vin) for vin in (VIN, VIN.replace("M", "W")))
    assert one.vin == VIN
    assert one.gray.shape != other.gray.shape or not np.array_equal(one.gray, other.gray)


def test_quads_run_along_the_line_and_clockwise(drawn: list[Scene]) -> None:
    for seed, quads in enumerate(scene.quads for scene in drawn):
        centres = quads.mean(1)
        along = centres[-1] - centres[0]
        assert np.all(np.diff(centres @ along) > 0), seed
        assert along[0] > 0, seed
        for quad in quads:
            across, down = quad[1] - quad[0], quad[3] - quad[0]
            assert across[0] * down[1] - across[1] * down[0] > 0, seed


def test_quads_follow_their_glyphs_through_bow_and_perspective(plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "print_vin", blocks)
    bowed = 0
    for seed in range(200):
        scene = draw_scene(np.random.default_rng(seed), vin=VIN)
        centres = scene.quads.mean(1)
        ends = centres[-1] - centres[0]
        sag = np.abs(np.cross(np.append(ends, 0), np.append(centres[8] - centres[0], 0))[2]) / np.linalg.norm(ends)
        bowed += sag > 0.25 * np.linalg.norm(scene.quads[8, 0] - scene.quads[8, 3])
        for quad, level in zip(scene.quads, LEVELS, strict=True):
            inside = values_in(scene, quad, 0.5)
            near = np.abs(inside - 255 * level) < 26
            assert near.mean() > 0.9, (seed, level)  # in a glyph of few pixels one may lie on its edge
    assert bowed >= 4  # or the bow went untested


def test_quads_are_no_larger_than_their_glyphs(plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """A quarter of a glyph height above and below every quad is ground."""
    monkeypatch.setattr(scenes, "print_vin", blocks)
    for seed in range(60):
        scene = draw_scene(np.random.default_rng(seed), vin=VIN)
        for quad, level in zip(scene.quads, LEVELS, strict=True):
            top, bottom = quad[:2].mean(0), quad[2:].mean(0)
            for x, y in np.round([top + (top - bottom) / 4, bottom + (bottom - top) / 4]).astype(int):
                if 0 <= x < scene.gray.shape[1] and 0 <= y < scene.gray.shape[0]:
                    assert scene.gray[y, x] < 0.4 * 255 * level, seed


def test_every_printed_glyph_has_its_ink_inside_its_quad(plain: None) -> None:
    for seed in range(25):
        scene = draw_scene(np.random.default_rng(seed))
        for char, quad in zip(scene.vin, scene.quads, strict=True):
            inside = values_in(scene, quad, 1.0)
            assert inside.max() > 40, (seed, char)  # strokes
            assert inside.min() < 0.6 * inside.max(), (seed, char)  # and ground between them


def test_photos_show_the_ink_against_its_ground(drawn: list[Scene]) -> None:
    """With light, lens and file: most glyphs still differ from the ground round them."""
    clear = []
    for scene in drawn[:40]:
        clear += [float(np.ptp(values_in(scene, quad, 1.0).astype(float))) > 16 for quad in scene.quads]
    assert np.mean(clear) > 0.9


@pytest.mark.parametrize("ink_is_light", [True, False])
def test_light_tells_which_is_lighter(ink_is_light: bool, plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "surface", lambda printed, *_: printed.ink if ink_is_light else 1 - printed.ink)
    assert all(draw_scene(np.random.default_rng(seed)).light is ink_is_light for seed in range(8))


def test_both_polarities_are_drawn(drawn: list[Scene]) -> None:
    assert 0.2 < np.mean([scene.light for scene in drawn]) < 0.8


def test_views_are_mostly_level_and_within_their_bounds() -> None:
    rng = np.random.default_rng(0)
    views = [scenes.draw_view(rng) for _ in range(2000)]
    assert 0.4 < np.mean([abs(view.tilt) < 4 for view in views]) < 0.9
    assert max(abs(view.tilt) for view in views) > 30
    assert all(0.45 <= view.squeeze <= 2.2 and 90 <= view.length <= 800 for view in views)


def test_the_vin_is_as_long_as_the_view_says(plain: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scenes, "print_vin", blocks)
    monkeypatch.setattr(scenes, "draw_view", lambda rng: scenes.View(tilt=20.0, squeeze=1.0, length=300.0))
    scene = draw_scene(np.random.default_rng(2), vin=VIN)
    start, end = scene.quads[0, [0, 3]].mean(0), scene.quads[-1, [1, 2]].mean(0)
    along = end - start
    assert np.linalg.norm(along) == pytest.approx(300, rel=0.1)
    assert np.degrees(np.arctan2(-along[1], along[0])) == pytest.approx(20, abs=3)  # counter-clockwise


def test_all_characters_come_up(drawn: list[Scene]) -> None:
    assert {c for scene in drawn for c in scene.vin} == set(ALPHABET)


def rows_of_quads(x: float = 10, y: float = 10, rise: float = 0) -> np.ndarray:
    """Seventeen glyphs of 16 x 20 pixels, each ``rise`` lower than the one before."""
    corners = np.array([[0, 0], [16, 0], [16, 20], [0, 20]], np.float32)
    return np.stack([corners + np.array([x + 20 * i, y + rise * i]) for i in range(17)]).astype(np.float32)


@pytest.mark.parametrize(
    ("quads", "contrast", "clear"),
    [
        (rows_of_quads(), 90, True),
        (rows_of_quads(rise=4), 90, True),
        (rows_of_quads(rise=7), 90, False),
        (rows_of_quads(x=-5), 90, False),
        (rows_of_quads(), 80, False),
    ],
)
def test_clear_is_whole_level_and_of_contrast(quads: np.ndarray, contrast: int, clear: bool) -> None:
    gray = np.full((180, 380), 60, np.uint8)
    for quad in quads:
        cv2.fillConvexPoly(gray, np.round(quad.mean(0) + (quad - quad.mean(0)) / 2).astype(np.int32), 60 + contrast)
    assert is_clear(gray, quads) == clear


def test_one_pale_glyph_is_not_clear() -> None:
    quads, gray = rows_of_quads(), np.full((60, 380), 60, np.uint8)
    for quad in quads[:-1]:
        cv2.fillConvexPoly(gray, np.round(quad.mean(0) + (quad - quad.mean(0)) / 2).astype(np.int32), 200)
    assert not is_clear(gray, quads)


@pytest.mark.parametrize(("x", "least"), [(10, 90), (-8, 90), (-200, 0), (370, 0)])
def test_the_palest_glyph_says_the_contrast_and_one_outside_has_none(x: int, least: float) -> None:
    quads, gray = rows_of_quads(x=x), np.full((60, 380), 60, np.uint8)
    for i, quad in enumerate(quads):
        inner = quad.mean(0) + (quad - quad.mean(0)) / 2
        cv2.fillConvexPoly(gray, np.round(inner).astype(np.int32), 150 if i == 5 else 200)
    assert least_contrast(gray, quads) == least


def test_the_more_blurred_a_photo_is_the_softer_are_its_edges() -> None:
    stripes = np.tile((np.arange(90) // 10 % 2).astype(np.float32), (40, 1))
    blurs, slopes = [], []
    for seed in range(200):
        gray, blur = expose(stripes, 30.0, np.random.default_rng(seed))
        calm = np.median(gray, axis=0).astype(int)  # of the noise
        blurs.append(blur)
        slopes.append(np.abs(np.diff(calm)).max() / max(1, np.ptp(calm)))
    assert 0.3 < np.mean(np.array(blurs) == 0) < 0.6
    assert 0.1 < max(blurs) < 0.4
    sharp, soft = (np.median([s for b, s in zip(blurs, slopes, strict=True) if low <= b <= high])
                   for low, high in ((0, 0.01), (0.08, 1)))  # fmt: skip
    assert sharp > 1.5 * soft
