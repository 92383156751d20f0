"""The report on readings: its figures are those of the readings, and it is whole whatever was read."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from conftest import expect_picture, rows_of
from vinchar.evaluation.metrics import edit_distance
from vinchar.evaluation.page import report_page
from vinchar.evaluation.reading_report import summarise, summary_text, write_reading_report
from vinchar.evaluation.scored import Label, Scored
from vinchar.reading import Character, Reading

TRUE, WRONG, OTHER = "1HGCM82633A004352", "1HGCM82633A004852", "WVWZZZ1JZ8W386752"


def reading(vin: str | None, confidence: float, status: str = "ok", kind: str = "strip") -> Reading:
    return Reading(image="a.jpg", kind=kind, vin=vin, status=status, confidence=confidence)  # type: ignore[arg-type]


def scored(one: Reading, truth: str = TRUE, group: str = "", cause: str | None = None) -> Scored:
    return Scored(one, Label(truth, group), Path("a.jpg"), cause)


def placed(vin: str, height: float, tilt: float, turned: bool = False, contrast: float = 50) -> Reading:
    """A reading whose glyphs stand on a line turned by degrees, or by as many more than half a turn."""
    x = np.arange(17)[:, None, None] * [[0.8 * height, 0]]
    quads = x + np.array([[0, 0], [0.6, 0], [0.6, 1], [0, 1]]) * height
    turn = np.deg2rad(tilt + 180 * turned)
    quads = quads @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + 500
    characters = tuple(Character(c, 0.9, quad.astype(np.float32)) for c, quad in zip(vin, quads, strict=True))
    return replace(reading(vin, 0.9), characters=characters, quality={"contrast": contrast})


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report on six VINs, the last one of another line, and a single character."""
    folder = tmp_path_factory.mktemp("report") / "new"
    readings = [
        scored(placed(TRUE, 7, 1)),
        scored(replace(placed(WRONG, 7, -12, contrast=15), status="uncertain"), cause="characters"),
        scored(placed(TRUE, 30, 12, turned=True)),
        scored(placed(TRUE, 30, 88)),
        scored(reading(None, 0.0, "not_found", "photo"), cause="place"),
        scored(reading(OTHER, 0.3, "uncertain")),
        scored(reading("Z", 1.0, kind="glyph"), "Z"),
    ]
    write_reading_report(folder, readings)
    return folder


def test_vins_and_glyphs_are_scored_apart(report: Path) -> None:
    summary = json.loads((report / "summary.json").read_text())
    edits = edit_distance(TRUE, OTHER)
    assert summary["vin"]["n"] == 6
    assert summary["vin"]["exact_match"] == 0.5
    assert summary["vin"]["character_error_rate"] == pytest.approx((1 + 17 + edits) / 102, abs=1e-4)
    assert summary["vin"]["ok_right"] == 1.0
    assert summary["vin"]["status"] == {"ok": 3, "uncertain": 2, "not_found": 1, "error": 0}
    assert summary["vin"]["causes"] == {"characters": 1, "place": 1}
    assert "groups" not in summary["vin"]
    assert summary["glyph"]["exact_match"] == 1.0
    for name in ("vin", "glyph"):
        for kind in ("confusion", "calibration", "risk_coverage"):
            expect_picture(report / f"{name}_{kind}.png")
    text = summary_text(summary)
    assert "vin: 6 pictures, exact match 0.500" in text
    assert "glyph: 1 pictures" in text


def test_a_row_for_every_picture(report: Path) -> None:
    table = rows_of(report / "readings.csv")
    assert [row["right"] for row in table] == ["1", "0", "1", "1", "0", "0", "1"]
    assert [row["edits"] for row in table] == ["0", "1", "0", "0", "17", str(edit_distance(TRUE, OTHER)), "0"]
    assert [row["cause"] for row in table] == ["", "characters", "", "", "place", "", ""]


def test_right_readings_by_place(report: Path) -> None:
    places = rows_of(report / "vin_position.csv")
    assert [row["from"] for row in places] == [str(place) for place in range(1, 18)]
    right = [4 - (place == 14) + (a == b) for place, (a, b) in enumerate(zip(TRUE, OTHER, strict=True))]
    assert [float(row["share_right"]) for row in places] == [round(count / 6, 4) for count in right]


def test_all_tables_count_the_same_characters(report: Path) -> None:
    """Those of four readings: the one of another line and the one of nothing are left out, everywhere."""
    page = (report / "index.html").read_text()
    assert "Characters are compared in 4 of 6 readings" in page
    shown = re.findall(r'class="vin">(.)</span> as <span class="vin">(.)</span></td><td class="number">(\d+)', page)
    assert shown == [("3", "8", "1")]
    rows = {row.pop("true \\ read"): row for row in rows_of(report / "vin_confusion.csv")}
    counted = {(true, read): int(times) for true, row in rows.items() for read, times in row.items() if times != "0"}
    assert sum(counted.values()) == 4 * 17
    assert {pair: times for pair, times in counted.items() if pair[0] != pair[1]} == {("3", "8"): 1}
    assert f"accuracy {67 / 68:.4f} of 68" in (report / "vin_report.txt").read_text()


def test_right_readings_by_height_tilt_and_contrast(report: Path) -> None:
    tables = {name: rows_of(report / f"vin_{name}.csv") for name in ("height", "tilt", "contrast")}
    assert {name: [tuple(row.values()) for row in table] for name, table in tables.items()} == {
        "height": [("6", "8", "2", "0.5"), ("26", "40", "2", "1.0")],
        "tilt": [("0", "2", "1", "1.0"), ("10", "15", "2", "0.5"), ("45", "91", "1", "1.0")],
        "contrast": [("0", "20", "1", "0.0"), ("40", "60", "3", "1.0")],
    }
    page = (report / "index.html").read_text()
    for name in ("vin_height", "vin_tilt", "vin_contrast", "vin_position"):
        expect_picture(report / f"{name}.png")
        assert f'alt="{name}"' in page


def test_nothing_read_has_no_accuracy_of_accepted() -> None:
    summary = summarise([scored(reading(None, 0.0, "error"), cause="file")])
    assert summary["vin"]["ok_right"] is None
    assert "accuracy of accepted -" in summary_text(summary)


def test_few_pictures_say_little() -> None:
    """All of three right does not mean that all ever would be."""
    low, high = summarise([scored(reading(TRUE, 0.9))] * 3)["vin"]["exact_match_interval"]
    assert (low, high) == (0.4385, 1.0)


def test_kinds_of_pictures_are_scored_apart_too() -> None:
    some = [
        scored(reading(TRUE, 0.9), group="door label"),
        scored(reading(WRONG, 0.9), group="door label"),
        scored(reading(TRUE, 0.9), group="a & b"),
        scored(reading(WRONG, 0.9)),
    ]
    summary = summarise(some)
    groups = summary["vin"]["groups"]
    assert {name: (of["n"], of["exact_match"]) for name, of in groups.items()} == {
        "a & b": (1, 1.0),
        "door label": (2, 0.5),
    }
    assert summary["vin"]["n"] == 4
    page = report_page(summary, {}, some)
    assert '<td>a &amp; b</td><td class="number">1</td>' in page
    assert '<td>door label</td><td class="number">2</td>' in page


def test_wrong_readings_that_nothing_gives_away_are_counted() -> None:
    wrong = replace(reading(WRONG, 0.99), check_digit="valid")
    others = [replace(wrong, status="uncertain"), replace(wrong, check_digit="invalid"), replace(wrong, vin=TRUE)]
    summary = summarise([scored(one) for one in (wrong, *others)])
    assert summary["vin"]["ok_wrong_with_valid_check_digit"] == 1
