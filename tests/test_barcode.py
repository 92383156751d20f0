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
from vinchar.cli import main
from vinchar.readings import compare
from vinchar.types import Reading

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
    assert read_barcodes(np.ascontiguousarray(np.rot90(code(VIN, kind), turns))) == (VIN,)


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
    assert read_barcodes(both) == (VIN,)


def reading(status: str, vin: str | None = VIN) -> Reading:
    reasons = () if status == "ok" else ("hard to read",)
    return Reading("a.jpg", "photo", vin, status, 0.5, reasons=reasons)  # type: ignore[arg-type]


def test_a_barcode_that_agrees_makes_a_reading_sure() -> None:
    for status in ("ok", "uncertain"):
        (agreed,) = compare([reading(status)], (OTHER, VIN))
        assert (agreed.vin, agreed.status, agreed.reasons) == (VIN, "ok", ())
        assert agreed.barcodes == (OTHER, VIN)


@pytest.mark.parametrize(
    ("status", "becomes"), [("ok", "uncertain"), ("uncertain", "uncertain"), ("not_found", "not_found")]
)
def test_a_barcode_that_disagrees_never_takes_the_place_of_the_text(status: str, becomes: str) -> None:
    before = reading(status, None if status == "not_found" else VIN)
    (after,) = compare([before], (OTHER,))
    assert (after.vin, after.status) == (before.vin, becomes)
    assert after.reasons == (*before.reasons, f"a barcode in the picture says {OTHER}")


def test_without_barcodes_nothing_changes() -> None:
    before = reading("ok")
    assert compare([before], ()) == [before]


def test_the_barcode_of_another_vin_in_the_photo_contradicts_nothing() -> None:
    first, second = compare([reading("ok"), reading("uncertain", OTHER)], (OTHER,))
    assert (first.status, first.barcodes, first.reasons) == ("ok", (), ())
    assert (second.status, second.barcodes, second.reasons) == ("ok", (OTHER,), ())


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
    assert "pip install 'vinchar[barcode]'" in capsys.readouterr().err
