"""Photos with a box round the VIN: the table read, the glyphs placed, what does not agree left out."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.bundle import open_bundle
from vinchar.drawing.photos import Photo, draw_photo
from vinchar.rectify import Rectifier
from vinchar.training.boxed import (
    Boxed,
    bounding_box,
    draw_boxed,
    open_boxed,
    overlap,
    place_glyphs,
    placed_boxed,
    read_boxed,
)

RECTIFIER = open_bundle().paths["rectifier"]


def table(folder: Path, *rows: str, head: str = "image,x0,y0,x1,y1,held_out,credit") -> Path:
    path = folder / "boxed.csv"
    path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    for row in filter(None, rows):
        picture = folder / row.split(",")[0]
        picture.parent.mkdir(exist_ok=True)
        picture.touch()
    return path


def drawn(seed: int) -> tuple[Photo, np.ndarray]:
    photo = draw_photo(np.random.default_rng(seed), place="label", calm=True, small=True, rows=1)
    return photo, cv2.cvtColor(photo.bgr, cv2.COLOR_BGR2GRAY)


def test_the_table_is_read(tmp_path: Path) -> None:
    path = table(tmp_path, "a.jpg,1,2,30,9,,", "b.jpg,,,,,,", "c/d.jpg,1.5,2,30,9.25,1,somebody")
    assert read_boxed(path) == [
        Boxed(tmp_path / "a.jpg", (1, 2, 30, 9)),
        Boxed(tmp_path / "c/d.jpg", (1.5, 2, 30, 9.25), True, "somebody"),
    ]


def test_two_columns_may_be_missing(tmp_path: Path) -> None:
    assert read_boxed(table(tmp_path, "a.jpg,1,2,30,9", head="image,x0,y0,x1,y1")) == [
        Boxed(tmp_path / "a.jpg", (1, 2, 30, 9))
    ]


@pytest.mark.parametrize(
    ("row", "said"),
    [
        ("a.jpg,1,2,thirty,9,,", "line 2: a box of .*thirty"),
        ("a.jpg,1,2,30,,,", "expected four numbers"),
        ("a.jpg,30,2,1,9,,", "line 2: an empty box"),
        ("a.jpg,nan,2,30,9,,", "line 2: an empty box"),
        ("a.jpg,1,2,30,9,maybe,", "line 2: held_out: got 'maybe'"),
        (",1,2,30,9,,", "line 2: image: got nothing"),
        ("a.jpg,,,,,,", "no photo with a box in it"),
        ("a.jpg,1,2,30,9,no,\na.jpg,40,2,90,9,yes,", "a.jpg is both trained on and held out"),
    ],
)
def test_a_bad_box_is_refused(row: str, said: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=said):
        read_boxed(table(tmp_path, row))


def test_a_bad_table_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no column x1, y1; it needs image, x0, y0, x1, y1"):
        read_boxed(table(tmp_path, head="image,x0,y0"))
    with pytest.raises(ValueError, match=r"nowhere\.csv: No such file"):
        read_boxed(tmp_path / "nowhere.csv")
    (tmp_path / "photo.csv").write_bytes(b"\xff\xd8\xff\xe0")
    with pytest.raises(ValueError, match=r"photo\.csv: not text"):
        read_boxed(tmp_path / "photo.csv")


@pytest.mark.parametrize(
    ("other", "share"),
    [((0, 0, 10, 10), 1.0), ((5, 0, 15, 10), 1 / 3), ((10, 0, 20, 10), 0.0), ((30, 30, 40, 40), 0.0)],
)
def test_overlap(other: tuple[float, float, float, float], share: float) -> None:
    assert overlap((0, 0, 10, 10), other) == pytest.approx(share)
    assert overlap(other, (0, 0, 10, 10)) == pytest.approx(share)


@pytest.mark.parametrize("angle", [0, 35, -35, 80])
def test_glyphs_are_placed_on_level_and_on_tilted_lines(angle: float) -> None:
    """Centres half a pitch off at most in the mean, as faces have no even pitch; upside down they come in reverse."""
    photo, gray = drawn(6)
    turn = cv2.getRotationMatrix2D((320, 240), angle, 0.8)
    gray = cv2.warpAffine(gray, turn, (640, 480), borderMode=cv2.BORDER_REPLICATE)
    truth = (photo.quads @ turn[:, :2].T + turn[:, 2]).astype(np.float32)
    quads, agrees = place_glyphs(gray, bounding_box(truth), Rectifier(RECTIFIER))
    assert agrees > 0.5
    pitch = np.linalg.norm(truth[1:].mean(1) - truth[:-1].mean(1), axis=1).mean()
    error = min(np.linalg.norm(quads.mean(1) - way.mean(1), axis=1).mean() for way in (truth, truth[::-1]))
    assert error < 0.5 * pitch


def test_what_does_not_fill_its_box_is_left_out(tmp_path: Path) -> None:
    photo, gray = drawn(6)
    cv2.imwrite(str(tmp_path / "good.png"), gray)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    box = bounding_box(photo.quads)
    boxed = [Boxed(tmp_path / f"{name}.png", box) for name in ("good", "broken", "absent")]
    boxed.append(Boxed(tmp_path / "good.png", (0, 0, 640, 60)))  # what is above the label
    assert len(list(open_boxed(boxed))) == 2
    cache = draw_boxed(tmp_path / "parts", boxed, RECTIFIER, workers=1)
    assert len(cache) == 1
    assert overlap(bounding_box(cache.quads[0]), box) > 0.5
    np.testing.assert_array_equal(cache.gray(0), gray)
    with pytest.raises(ValueError, match="in none of 3 boxed photos"):
        draw_boxed(tmp_path / "other", boxed[1:], RECTIFIER, workers=1)
    assert len(placed_boxed(tmp_path / "other", boxed[1:], RECTIFIER, workers=1)) == 0


def test_large_photos_are_reduced_with_their_glyphs(tmp_path: Path) -> None:
    photo, gray = drawn(6)
    large = cv2.resize(gray, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    cv2.imwrite(str(tmp_path / "large.png"), large)
    x0, y0, x1, y1 = (3 * v for v in bounding_box(photo.quads))
    cache = draw_boxed(tmp_path / "parts", [Boxed(tmp_path / "large.png", (x0, y0, x1, y1))], RECTIFIER, workers=1)
    assert cache.gray(0).shape == (480, 640)
    assert overlap(bounding_box(cache.quads[0]), bounding_box(photo.quads)) > 0.5


@pytest.mark.parametrize(
    ("word", "held_out"), [("", False), ("0", False), ("No", False), ("1", True), (" yes ", True), ("TRUE", True)]
)
def test_words_for_held_out(word: str, held_out: bool, tmp_path: Path) -> None:
    (one,) = read_boxed(table(tmp_path, f"a.jpg,1,2,30,9,{word},"))
    assert one.held_out is held_out


def test_pictures_that_are_not_there_are_said_at_once(tmp_path: Path) -> None:
    path = table(tmp_path, "a.jpg,1,2,30,9,,", "b.jpg,1,2,30,9,,")
    (tmp_path / "a.jpg").unlink()
    assert len(read_boxed(path)) == 2  # one costs itself
    (tmp_path / "b.jpg").unlink()
    with pytest.raises(ValueError, match=r"none of its 2 pictures is there, such as .*a\.jpg"):
        read_boxed(path)
