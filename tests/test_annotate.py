from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vinchar.annotate import caption, draw
from vinchar.types import Character, Reading

VIN = "1HGCM82633A004352"


def reading_of(status: str = "ok", vin: str | None = VIN, check_digit: str | None = None) -> Reading:
    quad = np.array([[20, 30], [60, 30], [60, 70], [20, 70]], np.float32)
    characters = (Character("1", 0.99, quad),) if vin else ()
    return Reading(None, "photo", vin, status, 0.93, characters, check_digit)  # type: ignore[arg-type]


@pytest.mark.parametrize(("shape", "longest"), [((40, 400), 480), ((300, 700), 700), ((3000, 100), 1600)])
def test_the_drawing_is_of_a_size_to_look_at(shape: tuple[int, int], longest: int) -> None:
    picture = np.zeros((*shape, 3), np.uint8)
    drawing = draw(picture, reading_of())
    height, width = (round(side * longest / max(shape)) for side in shape)
    assert drawing.shape[1] == width + 80
    assert height + 80 < drawing.shape[0] < height + 140
    assert not picture.any()


def test_characters_are_outlined_where_they_are() -> None:
    picture = np.zeros((240, 960, 3), np.uint8)
    change = draw(picture, reading_of())[-280:-40, 40:-40].any(axis=2)
    assert change[30:71, 20].all()  # the left side of the quad
    assert change[70, 20:61].all()
    assert not change[:, 100:].any()


def test_other_vins_are_drawn_too() -> None:
    picture = np.zeros((240, 960, 3), np.uint8)
    quad = np.array([[520, 30], [560, 30], [560, 70], [520, 70]], np.float32)
    one, other = reading_of(), replace(reading_of(), characters=(Character("2", 0.99, quad),))
    alone, both = draw(picture, one), draw(picture, replace(one, others=(other,)))
    assert not alone[-280:-40, 540:].any()
    assert both[-280:-40, 40:-40].any(axis=2)[30:71, 520].all()
    assert len(both) == len(alone) + (len(alone) - 320)  # a second band


def test_caption_says_how_sure() -> None:
    assert caption(reading_of(check_digit="valid")) == f"{VIN}  0.93  check digit valid"
    assert caption(reading_of("uncertain", check_digit="not_required")) == f"{VIN}  0.93  uncertain"
    assert caption(reading_of("not_found", None)) == "no VIN found"


def test_a_grey_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got uint8 \(4, 4\), expected uint8 \(H, W, 3\)"):
        draw(np.zeros((4, 4), np.uint8), reading_of())


@pytest.mark.parametrize("width", [480, 1500])
def test_reasons_are_written_below_the_reading_and_not_beyond_the_edge(width: int) -> None:
    picture = np.zeros((200, width, 3), np.uint8)
    reasons = ("character 5 could be S or 5", "the characters are too small: move closer")
    plain = draw(picture, reading_of("uncertain"))
    told = draw(picture, replace(reading_of("uncertain"), reasons=reasons))
    more = len(told) - len(plain)
    assert more >= 2 * 12
    band = len(plain) - 280
    words = told[band : band + more].any(axis=2)
    assert words.any(axis=1).sum() >= 10
    assert not words[:, -5:].any()
    np.testing.assert_array_equal(told[:band], plain[:band])
    np.testing.assert_array_equal(told[band + more :], plain[band:])
