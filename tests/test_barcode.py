"""Barcodes drawn here are read, and what they say is set beside the text without taking its place."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from numpy.typing import NDArray

from vinchar.barcode import read_barcodes, vins_in
from vinchar.command.main import main
from vinchar.explain import compare
from vinchar.reading import Barcode, Reading

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


def test_a_missing_decoder_is_one_sentence(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "zxingcpp", None)
    assert main(["read", "--barcodes", str(ROOT / "images" / "glyphs")]) == 2
    assert "pip install '.[barcodes]'" in capsys.readouterr().err
