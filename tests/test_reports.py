from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.evaluation import reports
from vinchar.types import Character, Reading
from vinchar.vin import ALPHABET

TRUE, WRONG = "1HGCM82633A004352", "1HGCM82633A004852"


def reading(vin: str | None, confidence: float, status: str = "ok", kind: str = "strip") -> Reading:
    return Reading(image="a.jpg", kind=kind, vin=vin, status=status, confidence=confidence)  # type: ignore[arg-type]


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def expect_picture(path: Path) -> None:
    assert cv2.imread(str(path)) is not None
    assert path.stat().st_size < 200_000


def test_classification_files_agree_with_one_another(tmp_path: Path) -> None:
    y_true = np.arange(33).repeat(10)
    y_pred = y_true.copy()
    y_pred[:3] = ALPHABET.index("D")  # three of ten zeros
    reports.write_classification(tmp_path, "synthetic", y_true, y_pred, ALPHABET)
    table = {row["class"]: row for row in rows_of(tmp_path / "synthetic_report.csv")}
    assert float(table["0"]["recall"]) == 0.7
    assert float(table["D"]["precision"]) == pytest.approx(10 / 13, abs=1e-4)
    assert float(table["macro average"]["recall"]) == pytest.approx(32.7 / 33, abs=1e-4)
    assert [row["true \\ read"] for row in rows_of(tmp_path / "synthetic_confusion.csv")] == list(ALPHABET)
    assert rows_of(tmp_path / "synthetic_confusion.csv")[0]["D"] == "3"
    text = (tmp_path / "synthetic_report.txt").read_text()
    assert f"accuracy {327 / 330:.4f} of 330" in text
    assert "0 to D 3" in text
    expect_picture(tmp_path / "synthetic_confusion.png")
    assert not list(tmp_path.glob(".*"))


def test_classes_may_be_characters_or_their_indices(tmp_path: Path) -> None:
    reports.write_classification(tmp_path, "a", [0, 1, 32], [0, 1, 1], ALPHABET)
    reports.write_classification(tmp_path, "b", ["0", "1", "Z"], ["0", "1", "1"], ALPHABET)
    assert (tmp_path / "a_report.csv").read_bytes() == (tmp_path / "b_report.csv").read_bytes()
    with pytest.raises(ValueError, match="expected indices from 0 to 32"):
        reports.write_classification(tmp_path, "c", [33], [0], ALPHABET)


def test_a_full_confusion_matrix_is_still_a_small_picture(tmp_path: Path) -> None:
    random = np.random.default_rng(7)
    y_true, y_pred = random.integers(0, 33, (2, 200_000))
    reports.write_classification(tmp_path, "worst", y_true, y_pred, ALPHABET)
    expect_picture(tmp_path / "worst_confusion.png")


def test_reading_report_scores_vins_and_glyphs_apart(tmp_path: Path) -> None:
    readings = [
        reading(TRUE, 0.9),
        reading(WRONG, 0.4, "uncertain"),
        reading(None, 0.0, "not_found", "photo"),
        reading("Z", 1.0, kind="glyph"),
    ]
    summary = reports.write_reading_report(tmp_path / "new", readings, [TRUE, TRUE, TRUE, "Z"])
    assert json.loads((tmp_path / "new" / "summary.json").read_text()) == summary
    assert summary["vin"]["n"] == 3
    assert summary["vin"]["exact_match"] == pytest.approx(1 / 3, abs=1e-4)
    assert summary["vin"]["character_error_rate"] == pytest.approx(18 / 51, abs=1e-4)
    assert summary["vin"]["ok_right"] == 1.0
    assert summary["vin"]["status"] == {"ok": 1, "uncertain": 1, "not_found": 1, "error": 0}
    assert summary["glyph"]["exact_match"] == 1.0
    table = rows_of(tmp_path / "new" / "readings.csv")
    assert [row["right"] for row in table] == ["1", "0", "0", "1"]
    assert [row["edits"] for row in table] == ["0", "1", "17", "0"]
    for name in ("vin", "glyph"):
        for kind in ("confusion", "calibration", "risk_coverage"):
            expect_picture(tmp_path / "new" / f"{name}_{kind}.png")
    text = reports.summary_text(summary)
    assert "vin: 3 pictures, exact match 0.333" in text
    assert "glyph: 1 pictures" in text


def test_a_report_of_nothing_read_is_still_written(tmp_path: Path) -> None:
    summary = reports.write_reading_report(tmp_path, [reading(None, 0.0, "error")], [TRUE])
    assert summary["vin"]["ok_right"] is None
    assert "of those right -" in reports.summary_text(summary)
    expect_picture(tmp_path / "vin_confusion.png")


def test_one_truth_a_reading(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got 1 readings for 0 truths"):
        reports.write_reading_report(tmp_path, [reading(TRUE, 0.9)], [])


def test_curves_of_several_runs_with_different_metrics(tmp_path: Path) -> None:
    classifier = [{"epoch": i, "loss": 1 / (i + 1), "val_loss": 2 / (i + 1), "accuracy": i / 9} for i in range(9)]
    rectifier = [{"epoch": i, "loss": 1 / (i + 1)} for i in range(60)]
    reports.write_curves(tmp_path, {"classifier": classifier})
    one = cv2.imread(str(tmp_path / "curves.png")).shape
    reports.write_curves(tmp_path, {"classifier": classifier, "rectifier": rectifier})
    expect_picture(tmp_path / "curves.png")
    assert cv2.imread(str(tmp_path / "curves.png")).shape[:2] == (2 * one[0], one[1])


@pytest.mark.parametrize("histories", [{}, {"classifier": []}])
def test_curves_of_nothing(histories: dict[str, list[dict[str, float]]], tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="got nothing"):
        reports.write_curves(tmp_path, histories)


def test_share_right_as_a_table_and_a_picture(tmp_path: Path) -> None:
    rows = [{"from": 6, "to": 8, "n": 1700, "share_right": 0.91234}, {"from": 8, "to": 10, "n": 3, "share_right": 1.0}]
    reports.write_share_right(tmp_path, "height", rows, "height in pixels")
    assert (tmp_path / "height.csv").read_text().splitlines()[1:] == ["6,8,1700,0.9123", "8,10,3,1.0"]
    expect_picture(tmp_path / "height.png")


def placed(vin: str, height: float, tilt: float, turned: bool = False) -> Reading:
    """A reading whose glyphs stand on a line turned by degrees, or by as many more than half a turn."""
    x = np.arange(17)[:, None, None] * [[0.8 * height, 0]]
    quads = x + np.array([[0, 0], [0.6, 0], [0.6, 1], [0, 1]]) * height
    turn = np.deg2rad(tilt + 180 * turned)
    quads = quads @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + 500
    characters = tuple(Character(c, 0.9, quad.astype(np.float32)) for c, quad in zip(vin, quads, strict=True))
    return replace(reading(vin, 0.9), characters=characters)


def test_right_readings_by_height_and_tilt(tmp_path: Path) -> None:
    readings = [
        placed(TRUE, 7, 1),
        placed(WRONG, 7, -12),
        placed(TRUE, 30, 12, turned=True),
        placed(TRUE, 30, 88),
        reading(None, 0.0, "not_found"),
    ]
    reports.write_reading_report(tmp_path, readings, [TRUE] * 5)
    heights, tilts = rows_of(tmp_path / "vin_height.csv"), rows_of(tmp_path / "vin_tilt.csv")
    assert [tuple(row.values()) for row in heights] == [("6", "8", "2", "0.5"), ("26", "40", "2", "1.0")]
    assert [tuple(row.values()) for row in tilts] == [
        ("0", "2", "1", "1.0"),
        ("10", "15", "2", "0.5"),
        ("45", "91", "1", "1.0"),
    ]
    page = (tmp_path / "index.html").read_text()
    for name in ("vin_height", "vin_tilt"):
        expect_picture(tmp_path / f"{name}.png")
        assert f'alt="{name}"' in page
