"""Barcodes drawn here are read, and what they say is set beside the text without taking its place."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from vinchar.barcode import read_barcodes, vins_in
from vinchar.bars import Band
from vinchar.command.main import main
from vinchar.explain import compare
from vinchar.reader import Reader
from vinchar.reading import Barcode, Reading

Quad = NDArray[np.float32]
VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
ROOT = Path(__file__).parents[1]


def code(text: str, kind: str = "Code39", scale: int = 3) -> NDArray[np.uint8]:
    """A barcode, grey, with white round it."""
    drawn = zxingcpp.write_barcode_to_image(
        zxingcpp.create_barcode(text, getattr(zxingcpp.BarcodeFormat, kind)), scale=scale
    )
    return np.pad(np.array(drawn, np.uint8), 40, constant_values=255)


@pytest.mark.parametrize("kind", ["Code39", "Code128", "DataMatrix", "QRCode", "PDF417"])
@pytest.mark.parametrize("turns", [0, 1])
def test_a_vin_is_read_from_every_kind(kind: str, turns: int) -> None:
    drawn = np.ascontiguousarray(np.rot90(code(VIN, kind), turns))
    (found,) = read_barcodes(drawn)
    assert (found.vin, found.symbology) == (VIN, kind)
    ink = np.argwhere(drawn < 128)[:, ::-1]  # x, y
    assert np.abs(np.sort(found.quad, axis=0)[[0, -1]] - [ink.min(axis=0), ink.max(axis=0)]).max() < 8


@pytest.mark.parametrize(
    ("text", "vins"),
    [
        (VIN, [VIN]),
        ("I" + VIN, [VIN]),
        (VIN.lower(), [VIN]),
        (f"VIN:{VIN};COLOR:X1", [VIN]),
        (f"{VIN} {OTHER}", [VIN, OTHER]),
        ("9" + VIN, []),
        (VIN + "7", []),
        (VIN[:-1], []),
        (VIN[:-1] + "O", []),
        ("https://example.org", []),
        ("", []),
    ],
)
def test_a_vin_stands_alone(text: str, vins: list[str]) -> None:
    assert vins_in(text) == vins


def test_pictures_without_barcodes() -> None:
    assert read_barcodes(np.full((200, 300), 128, np.uint8)) == ()
    assert read_barcodes(code("04711-X")) == ()
    assert read_barcodes(np.zeros((1, 1), np.uint8)) == ()


def test_the_same_vin_twice_is_one() -> None:
    both = np.vstack([np.pad(c, ((0, 0), (0, 900 - c.shape[1])), constant_values=255) for c in (code(VIN), code(VIN))])
    assert [one.vin for one in read_barcodes(both)] == [VIN]


def label(
    kind: str, module: float, angle: float, blur: float = 0.0, lean: float = 0.0
) -> tuple[NDArray[np.uint8], Quad, Quad]:
    """A tilted label with the VIN in print and in a barcode below: grey, and the corners of print and barcode."""
    scale = 4
    bars = code(VIN, kind, scale)[40:-40, 40:-40]
    gray = np.full((bars.shape[0] + 260, max(bars.shape[1], 520) + 160), 240, np.uint8)
    cv2.putText(gray, VIN, (80, 130), cv2.FONT_HERSHEY_SIMPLEX, 1.4, 20, 3, cv2.LINE_AA)
    (length, height), _ = cv2.getTextSize(VIN, cv2.FONT_HERSHEY_SIMPLEX, 1.4, 3)
    gray[160 : 160 + bars.shape[0], 80 : 80 + bars.shape[1]] = np.clip(bars, 20, 240)
    ink = np.argwhere(bars < 128)[:, ::-1] + [80, 160]
    turn = cv2.getRotationMatrix2D((0, 0), angle, module / scale)
    turn[:, :2] = turn[:, :2] @ [[1, lean], [0, 1]]
    size = 2 * int(max(gray.shape) * module / scale)
    turn[:, 2] = size / 2 - turn[:, :2] @ (np.array(gray.shape[::-1]) / 2)
    soft = cv2.GaussianBlur(gray, (0, 0), max(blur, 0.4) * scale / module)
    photo = cv2.warpAffine(soft, turn, (size, size), flags=cv2.INTER_AREA, borderValue=240)
    noise = np.random.default_rng(3).normal(0, 3, photo.shape)
    line, quad = (
        box(np.array(corners)) @ turn[:, :2].T + turn[:, 2]
        for corners in ([[80, 130 - height], [80 + length, 130]], [ink.min(axis=0), ink.max(axis=0) + 1])
    )
    return np.clip(photo + noise, 0, 255).astype(np.uint8), line.astype(np.float32), quad.astype(np.float32)


def box(corners: NDArray[np.int_]) -> NDArray[np.int_]:
    (x0, y0), (x1, y1) = corners
    return np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])


@pytest.mark.parametrize(
    ("kind", "angle", "lean"), [("Code39", 17, 0), ("Code39", -25, 0.3), ("Code39", 100, -0.2), ("Code128", 160, 0)]
)
def test_small_blurred_bars_are_read_by_the_line_beside_them(kind: str, angle: float, lean: float) -> None:
    gray, line, bars = label(kind, 1.5, angle, 0.9, lean)
    assert read_barcodes(gray) == ()
    (found,) = read_barcodes(gray, [line])
    assert (found.vin, found.symbology) == (VIN, kind)
    assert np.abs(found.quad - bars).max() < 8  # of 75 high


def test_a_small_matrix_code_is_read_by_the_line_beside_it() -> None:
    gray, line, bars = label("DataMatrix", 1.4, 12, blur=0.6)
    assert read_barcodes(gray) == ()
    (found,) = read_barcodes(gray, [line])
    assert (found.vin, found.symbology) == (VIN, "DataMatrix")
    assert np.abs(found.quad - bars).max() < 2


def test_a_large_photo_is_looked_at_smaller_and_its_quad_is_of_the_whole() -> None:
    drawn = np.full((2800, 2600), 255, np.uint8)
    bars = code(VIN)
    drawn[2000 : 2000 + bars.shape[0], 1000 : 1000 + bars.shape[1]] = bars
    (found,) = read_barcodes(drawn)
    ink = np.argwhere(drawn < 128)[:, ::-1]
    assert np.abs(np.sort(found.quad, axis=0)[[0, -1]] - [ink.min(axis=0), ink.max(axis=0)]).max() < 8


@pytest.mark.parametrize(
    "line",
    [
        [[50, 50], [150, 50], [150, 60], [50, 60]],
        [[-40, -5], [60, -5], [60, 8], [-40, 8]],
        [[290, 190], [400, 250], [395, 258], [285, 198]],
        [[10, 10], [10, 10], [10, 10], [10, 10]],
        [[9000, 9000], [9100, 9000], [9100, 9010], [9000, 9010]],
    ],
)
def test_round_lines_without_barcodes_there_is_none(line: list[list[float]]) -> None:
    stripes = np.random.default_rng(1).integers(0, 2, 150).repeat(2).astype(np.uint8) * 255
    for gray in (np.full((200, 300), 128, np.uint8), np.tile(stripes, (200, 1)), np.zeros((1, 1), np.uint8)):
        assert read_barcodes(gray, [np.array(line, np.float32)]) == ()


def test_bars_that_are_read_in_two_ways_are_believed_when_two_bands_agree(monkeypatch: pytest.MonkeyPatch) -> None:
    def said(*vins: str) -> tuple[str, ...]:
        def bands(gray: NDArray[np.uint8], glyph: float) -> Iterator[Band]:
            for vin in vins:
                lines = code(vin)[45:55]
                yield Band(lines, 5, 0, 10, np.zeros(lines.shape[1], np.float32))

        monkeypatch.setattr("vinchar.barcode.bands", bands)
        line = np.array([[50, 50], [150, 50], [150, 60], [50, 60]], np.float32)
        return tuple(one.vin for one in read_barcodes(np.full((200, 300), 128, np.uint8), [line]))

    wrong = OTHER[:-1] + "9"  # European: no check digit tells
    assert said(wrong, OTHER, OTHER) == (OTHER,)
    assert said(wrong, OTHER) == ()
    assert said(VIN) == (VIN,)  # its check digit fits


def reading(status: str, vin: str | None = VIN) -> Reading:
    reasons = () if status == "ok" else ("hard to read",)
    confidence = {"ok": 0.97, "uncertain": 0.6}.get(status, 0.0)
    return Reading("a.jpg", "photo", vin, status, confidence, reasons=reasons, source="text")  # type: ignore[arg-type]


def bars(*vins: str) -> tuple[Barcode, ...]:
    return tuple(Barcode(vin, "Code39", np.zeros((4, 2), np.float32)) for vin in vins)


def beside(some: list[Reading], *vins: str) -> list[Reading]:
    return compare(some, bars(*vins), threshold=0.9)


@pytest.mark.parametrize("status", ["ok", "uncertain"])
def test_a_barcode_that_agrees_makes_a_reading_sure(status: str) -> None:
    (agreed,) = beside([reading(status)], OTHER, VIN)
    assert (agreed.vin, agreed.status, agreed.source, agreed.reasons) == (VIN, "ok", "both", ())
    assert agreed.confidence > 0.99
    assert [one.vin for one in agreed.barcodes] == [VIN]


@pytest.mark.parametrize("status", ["ok", "uncertain"])
def test_a_barcode_that_disagrees_leaves_it_open_which_is_right(status: str) -> None:
    before = reading(status)
    (after,) = beside([before], OTHER)
    assert (after.vin, after.status, after.source) == (VIN, "uncertain", "text")
    assert after.confidence <= 0.5
    assert after.alternatives[0][0] == OTHER
    assert after.reasons == (f"a barcode in the picture says {OTHER}: check which one is right", *before.reasons)


def test_a_vin_that_only_a_barcode_holds_is_read_from_it() -> None:
    (only,) = beside([reading("not_found", None)], VIN)
    assert (only.vin, only.status, only.source, only.check_digit) == (VIN, "ok", "barcode", "valid")
    assert (only.maker, only.region) == ("Honda", "North America")
    assert only.quad is not None
    assert only.reasons == ()


def test_a_barcode_alone_whose_check_digit_does_not_fit_is_uncertain() -> None:
    (only,) = beside([reading("not_found", None)], VIN[:-1] + "9")
    assert (only.status, only.check_digit, only.confidence) == ("uncertain", "invalid", 0.5)
    assert "check digit does not fit" in only.reasons[0]


def test_a_barcode_alone_is_uncertain_where_more_is_asked_for_than_it_can_give() -> None:
    (only,) = compare([reading("not_found", None)], bars(VIN), threshold=1.0)
    assert (only.status, only.reasons) == ("uncertain", ("only a barcode says so: compare it with the text",))


def test_without_barcodes_nothing_changes() -> None:
    before = reading("ok")
    assert beside([before]) == [before]
    none = reading("not_found", None)
    assert beside([none]) == [none]


def test_the_barcode_of_another_vin_in_the_photo_contradicts_nothing() -> None:
    first, second = beside([reading("ok"), reading("uncertain", OTHER)], OTHER)
    assert (first.status, first.source, first.barcodes, first.reasons) == ("ok", "text", (), ())
    assert (second.status, second.source, second.reasons) == ("ok", "both", ())


def photo_with(text: str, folder: Path) -> Path:
    """A sample photo of the project with a barcode below it."""
    gray = cv2.imread(str(ROOT / "images" / "photos" / "door-label-white.jpg"), cv2.IMREAD_GRAYSCALE)
    bars = code(text, scale=2)
    height = max(0, gray.shape[1] - bars.shape[1])
    strip = np.pad(bars, ((0, 0), (0, height)), constant_values=255)[:, : gray.shape[1]]
    path = folder / "label.png"
    cv2.imwrite(str(path), np.vstack([gray, strip]))
    return path


@pytest.mark.parametrize(("text", "line"), [(VIN, VIN), (OTHER, VIN + "?")])
def test_the_command_line_compares(text: str, line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = photo_with(text, tmp_path)
    main(["read", "--barcodes", str(path)])
    said = capsys.readouterr()
    assert said.out == f"{line}, {path}\n"
    assert (OTHER in said.err) == (text == OTHER)
    main(["read", str(path)])
    assert capsys.readouterr().out == f"{VIN}, {path}\n"


def test_the_reader_looks_for_the_barcode_beside_the_line_that_it_found() -> None:
    gray = cv2.imread(str(ROOT / "images" / "photos" / "door-label-white.jpg"), cv2.IMREAD_GRAYSCALE)
    line = Reader().read(gray).quad
    assert line is not None
    bars = cv2.GaussianBlur(code(VIN), (0, 0), 1.6)
    down = line[3] - line[0]
    corners = np.array([line[3] + down * 0.5, line[2] + down * 0.5, line[3] + down * 2.5], np.float32)
    height, width = bars.shape
    turn = cv2.getAffineTransform(np.array([[0, 0], [width, 0], [0, height]], np.float32), corners)
    cv2.warpAffine(bars, turn, gray.shape[::-1], gray, cv2.INTER_AREA, cv2.BORDER_TRANSPARENT)
    assert read_barcodes(gray) == ()
    found = Reader(barcodes=True).read(gray)
    assert (found.vin, found.source) == (VIN, "both")


def test_a_missing_decoder_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert main(["read", "--barcodes", str(ROOT / "images" / "glyphs")]) == 2
    assert "pip install '.[barcodes]'" in capsys.readouterr().err
