"""Every fault is measured where it is and nowhere else, and named from its threshold on."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.quality import FAULTS, advice, measure
from vinchar.training.confidence import FEWEST, FORETOLD, fit_quality

Line = NDArray[np.uint8]
BOXES = np.stack([30 + 20 * np.arange(17), np.full(17, 7), 46 + 20 * np.arange(17), np.full(17, 33)], 1).astype(
    np.int32
)


def line(ink: int = 200, ground: int = 60) -> Line:
    """A strip of 17 glyphs, each two strokes."""
    gray = np.full((40, 400), ground, np.uint8)
    for x0, y0, x1, y1 in BOXES:
        gray[y0:y1, x0 + 2 : x0 + 6] = gray[y0 : y0 + 4, x0 + 2 : x1 - 2] = ink
    return gray


def quads(scale: float = 1.0, right: float = 0.0) -> NDArray[np.float32]:
    """The glyphs in the photo: the strip ``scale`` times as large, moved to the right."""
    corners = BOXES[:, [0, 1, 2, 1, 2, 3, 0, 3]].reshape(-1, 4, 2) * scale + [right, 0]
    return corners.astype(np.float32)


def values(gray: Line, scale: float = 1.0, right: float = 0.0) -> dict[str, float]:
    return measure(gray, BOXES, quads(scale, right), (40, 400))


def test_a_good_line() -> None:
    seen = values(line())
    assert set(seen) == {fault.name for fault in FAULTS}
    assert (seen["cut_off"], seen["washed_out"], seen["covered"]) == (0, 0, 0)
    assert seen["glyph_height"] == pytest.approx(26)
    assert seen["contrast"] == pytest.approx(140, abs=10)
    assert seen["blur"] < 0.12


def test_height_is_that_in_the_photo() -> None:
    assert values(line(), scale=0.25)["glyph_height"] == pytest.approx(6.5)


@pytest.mark.parametrize(("right", "share"), [(-36, 1 / 17), (61, 2 / 17), (1000, 1.0)])
def test_glyphs_beyond_the_edge_are_counted(right: float, share: float) -> None:
    assert values(line(), right=right)["cut_off"] == pytest.approx(share)


def test_blur_grows_with_the_blur_alone() -> None:
    sharp, soft, softer = (
        values(np.asarray(cv2.GaussianBlur(line(), (0, 0), sigma), np.uint8)) for sigma in (0.3, 2.0, 4.0)
    )
    assert sharp["blur"] < 0.7 * soft["blur"] < 0.7 * softer["blur"]
    dull = values(line(140, 100))
    assert dull["blur"] == pytest.approx(sharp["blur"], rel=0.3)


def test_contrast_is_that_of_ink_and_ground_in_either_polarity() -> None:
    assert values(line(130, 100))["contrast"] == pytest.approx(30, abs=3)
    assert values(line(100, 130))["contrast"] == pytest.approx(30, abs=3)


@pytest.mark.parametrize("level", [255, 0])
def test_glare_and_shadow_wash_out_their_part(level: int) -> None:
    gray = line()
    gray[:, 110:210] = level
    seen = values(gray)
    assert seen["washed_out"] == pytest.approx(100 / 336, abs=0.02)
    assert seen["covered"] == pytest.approx(5 / 17, abs=0.07)


def test_a_flat_line_is_measured_too() -> None:
    seen = values(np.full((40, 400), 90, np.uint8))
    assert all(np.isfinite(value) for value in seen.values())
    assert seen["contrast"] == 0


def test_boxes_beyond_the_strip_do_no_harm() -> None:
    boxes = BOXES.copy()
    boxes[0, 0], boxes[-1, [0, 2]] = -9, (400, 420)
    seen = measure(line(), boxes, quads(), (40, 400))
    assert all(np.isfinite(value) for value in seen.values())


def test_advice_is_given_beyond_the_threshold_alone() -> None:
    thresholds = {"blur": 0.3, "glyph_height": 8.0}
    seen = values(line())
    assert advice(seen, thresholds) == advice({**seen, "covered": 1.0}, thresholds) == ()
    assert advice({**seen, "glyph_height": 12.4}, thresholds) == (
        "the characters are 12 pixels high, from 16 on they read best: move closer",
    )
    assert advice({**seen, "blur": 0.31}, thresholds) == ("out of focus or moved: move closer or hold still",)
    both = advice({**seen, "blur": 0.31, "glyph_height": 7.0}, thresholds)
    assert both == ("the characters are too small: move closer", "out of focus or moved: move closer or hold still")


def faulty(blur: NDArray[np.float64]) -> list[dict[str, float] | None]:
    return [{**dict.fromkeys((fault.name for fault in FAULTS), 0.5), "blur": float(value)} for value in blur]


def test_a_threshold_is_fitted_where_readings_fail() -> None:
    blur = np.random.default_rng(0).uniform(0, 1, 600)
    fitted = fit_quality(faulty(blur), blur < 0.6)
    assert set(fitted) == {"blur"}
    share = 0.4 / (1 - fitted["blur"]["threshold"])  # of the readings beyond it that are wrong
    assert share == pytest.approx(FORETOLD, abs=0.05)
    assert fitted["blur"]["precision"] == pytest.approx(share, abs=0.07)
    assert fitted["blur"]["n"] == np.count_nonzero(blur[1::2] > fitted["blur"]["threshold"])


def test_what_foretells_nothing_has_no_threshold() -> None:
    rng = np.random.default_rng(0)
    blur = rng.uniform(0, 1, 600)
    assert fit_quality(faulty(blur), rng.random(600) < 0.5) == {}
    assert fit_quality([None] * 30, np.zeros(30, bool)) == {}
    assert fit_quality(faulty(blur[:FEWEST]), np.zeros(FEWEST, bool)) == {}


def test_equal_values_count_together() -> None:
    """Of ten readings with a value too few are wrong; the next value's first wrong ones must not make up for them."""
    blur = np.repeat([1.0, 0.0], [20, 80])  # even and odd rows alike
    right = np.repeat([False, True, False, True], [12, 8, 10, 70])
    assert fit_quality(faulty(blur), right) == {}


def test_a_threshold_lies_between_two_values() -> None:
    blur = np.repeat([3 / 17, 2 / 17, 1 / 17], 40)
    fitted = fit_quality(faulty(blur), blur < 2 / 17)
    assert fitted == {"blur": {"threshold": 0.0882, "precision": 1.0, "n": 40}}
