"""What was read is drawn on the picture, which keeps its size."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from vinchar.command.annotate import caption, draw
from vinchar.reading import Character, Reading

VIN = "1HGCM82633A004352"


def quad(x: float, y: float, width: float = 40, height: float = 40) -> np.ndarray:
    return np.array([[x, y], [x + width, y], [x + width, y + height], [x, y + height]], np.float32)


def reading_of(status: str = "ok", vin: str | None = VIN, check_digit: str | None = None, y: float = 130) -> Reading:
    characters = (Character("1", 0.99, quad(20, y)),) if vin else ()
    line = quad(20, y, 400) if vin else None
    return Reading(None, "photo", vin, status, 0.93, characters, check_digit, quad=line)  # type: ignore[arg-type]


def inked(picture: np.ndarray, reading: Reading) -> np.ndarray:
    """Which pixels of a black picture are drawn on, bool (H, W)."""
    return draw(picture, reading).any(axis=2)


@pytest.mark.parametrize("shape", [(8, 8), (40, 400), (256, 256), (300, 700), (3000, 1000)])
@pytest.mark.parametrize("status", ["ok", "not_found"])
def test_the_drawing_has_the_size_of_the_picture_and_the_picture_stays(shape: tuple[int, int], status: str) -> None:
    picture = np.zeros((*shape, 3), np.uint8)
    drawing = draw(picture, reading_of(status, VIN if status == "ok" else None))
    assert drawing.shape == picture.shape
    assert drawing.any()
    assert not picture.any()


def test_characters_are_outlined_where_they_are_and_not_written_over() -> None:
    ink = inked(np.zeros((240, 720, 3), np.uint8), reading_of())
    assert ink[130:171, 20].all()  # the left side of the quad
    assert ink[170, 20:61].all()
    assert not ink[132:169, 63:420].any()  # nothing covers the rest of the line
    assert not ink[175:].any()


def test_writing_can_be_read_where_a_picture_is_shown_at_720_pixels() -> None:
    for scale in (1, 4):
        ink = inked(np.zeros((240 * scale, 720 * scale, 3), np.uint8), reading_of(y=200 * scale))
        rows = np.flatnonzero(ink[: 195 * scale].any(axis=1))
        assert (rows[-1] - rows[0]) / scale >= 10  # as high as capitals of 10 pixels, at least


def test_other_vins_are_drawn_too_and_their_writing_covers_no_line() -> None:
    picture = np.zeros((360, 720, 3), np.uint8)
    one, other = reading_of(y=130), reading_of(y=230)
    ink = inked(picture, replace(one, others=(other,)))
    assert ink[230:271, 20].all()
    for y in (130, 230):
        assert not ink[y + 2 : y + 39, 63:420].any()
    assert ink.sum() > 1.8 * inked(picture, one).sum()


def test_a_line_at_the_upper_edge_has_its_writing_below() -> None:
    ink = inked(np.zeros((240, 720, 3), np.uint8), reading_of(y=2))
    assert not ink[4:40, 63:420].any()
    assert ink[44:80].any()


def test_a_barcode_is_outlined() -> None:
    found = Reading(None, "photo", VIN, "ok", 0.999, source="barcode", quad=quad(20, 130, 400))
    ink = inked(np.zeros((240, 720, 3), np.uint8), found)
    assert ink[130:171, 20].all()
    assert ink[170, 20:421].all()


def test_caption_says_how_sure() -> None:
    assert caption(reading_of(check_digit="valid")) == f"{VIN}  0.93  check digit valid"
    assert caption(replace(reading_of(), confidence=0.9989)) == f"{VIN}  >0.99"
    assert caption(reading_of("uncertain", check_digit="not_required")) == f"{VIN}  0.93  uncertain"
    assert caption(reading_of("not_found", None)) == "no VIN found"
    assert caption(replace(reading_of(), source="barcode")) == f"{VIN}  0.93  barcode"


def test_a_grey_picture_is_refused() -> None:
    with pytest.raises(ValueError, match=r"got uint8 \(4, 4\), expected uint8 \(H, W, 3\)"):
        draw(np.zeros((4, 4), np.uint8), reading_of())


@pytest.mark.parametrize("width", [480, 1500])
def test_reasons_are_written_too_and_not_beyond_the_edge(width: int) -> None:
    picture = np.zeros((600, width, 3), np.uint8)
    reasons = ("character 5 could be S or 5", "the characters are too small: " + "move closer " * 20)
    plain, told = (inked(picture, replace(reading_of("uncertain", y=400), reasons=some)) for some in ((), reasons))
    high = [np.ptp(np.flatnonzero(ink[:390].any(axis=1))) for ink in (plain, told)]
    assert high[1] > high[0] + 2 * 12
    assert not told[:, -3:].any()


def test_a_picture_hardly_larger_than_its_line_is_not_written_over() -> None:
    found = replace(reading_of(), characters=(Character("1", 0.99, quad(3, 1, 9, 15)),), quad=quad(3, 1, 215, 15))
    ink = inked(np.zeros((18, 222, 3), np.uint8), found)
    assert ink[1:17, 3].all()
    assert not ink[:, 15:].any()


def test_an_uncertain_reading_looks_otherwise_than_an_accepted_one() -> None:
    picture = np.zeros((240, 720, 3), np.uint8)
    colours = [
        {tuple(pixel) for pixel in draw(picture, reading_of(status))[130, 20:60].tolist()}
        for status in ("ok", "uncertain")
    ]
    assert not colours[0] & colours[1]
