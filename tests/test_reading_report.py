"""The report on readings: its figures are those of the readings, and it is whole whatever was read."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from conftest import expect_picture, rows_of

from vinchar.evaluation.reading_report import summary_text, write_reading_report
from vinchar.evaluation.scored import Label, Scored
from vinchar.reading import Character, Reading

TRUE, WRONG = "1HGCM82633A004352", "1HGCM82633A004852"


def reading(vin: str | None, confidence: float, status: str = "ok", kind: str = "strip") -> Reading:
    return Reading(image="a.jpg", kind=kind, vin=vin, status=status, confidence=confidence)  # type: ignore[arg-type]


def scored(one: Reading, truth: str = TRUE, group: str = "", cause: str | None = None) -> Scored:
    return Scored(one, Label(truth, group), Path("a.jpg"), cause)


def test_reading_report_scores_vins_and_glyphs_apart(tmp_path: Path) -> None:
    summary = write_reading_report(
        tmp_path / "new",
        [
            scored(reading(TRUE, 0.9)),
            scored(reading(WRONG, 0.4, "uncertain"), cause="characters"),
            scored(reading(None, 0.0, "not_found", "photo"), cause="place"),
            scored(reading("Z", 1.0, kind="glyph"), "Z"),
        ],
    )
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
    assert [row["cause"] for row in table] == ["", "characters", "place", ""]
    assert summary["vin"]["causes"] == {"characters": 1, "place": 1}
    assert "groups" not in summary["vin"]
    places = rows_of(tmp_path / "new" / "vin_position.csv")
    assert [row["from"] for row in places] == [str(place) for place in range(1, 18)]
    assert [float(row["share_right"]) for row in places] == [0.6667] * 14 + [0.3333] + [0.6667] * 2
    for name in ("vin", "glyph"):
        for kind in ("confusion", "calibration", "risk_coverage"):
            expect_picture(tmp_path / "new" / f"{name}_{kind}.png")
    text = summary_text(summary)
    assert "vin: 3 pictures, exact match 0.333" in text
    assert "glyph: 1 pictures" in text


def test_a_report_of_nothing_read_is_still_written(tmp_path: Path) -> None:
    summary = write_reading_report(tmp_path, [scored(reading(None, 0.0, "error"), cause="file")])
    assert summary["vin"]["ok_right"] is None
    assert "of those right -" in summary_text(summary)
    expect_picture(tmp_path / "vin_confusion.png")


def test_kinds_of_pictures_are_scored_apart_too(tmp_path: Path) -> None:
    summary = write_reading_report(
        tmp_path,
        [
            scored(reading(TRUE, 0.9), group="door label"),
            scored(reading(WRONG, 0.9), group="door label"),
            scored(reading(TRUE, 0.9), group="a & b"),
            scored(reading(WRONG, 0.9)),
        ],
    )
    groups = summary["vin"]["groups"]
    assert {name: (of["n"], of["exact_match"]) for name, of in groups.items()} == {
        "a & b": (1, 1.0),
        "door label": (2, 0.5),
    }
    assert summary["vin"]["n"] == 4
    page = (tmp_path / "index.html").read_text()
    assert "<td>a &amp; b</td><td>1</td>" in page
    assert "<td>door label</td><td>2</td>" in page


def test_wrong_readings_that_nothing_gives_away_are_counted(tmp_path: Path) -> None:
    wrong = replace(reading(WRONG, 0.99), check_digit="valid")
    others = [replace(wrong, status="uncertain"), replace(wrong, check_digit="invalid"), replace(wrong, vin=TRUE)]
    summary = write_reading_report(tmp_path, [scored(one) for one in (wrong, *others)])
    assert summary["vin"]["ok_wrong_with_valid_check_digit"] == 1


def placed(vin: str, height: float, tilt: float, turned: bool = False, contrast: float = 50) -> Reading:
    """A reading whose glyphs stand on a line turned by degrees, or by as many more than half a turn."""
    x = np.arange(17)[:, None, None] * [[0.8 * height, 0]]
    quads = x + np.array([[0, 0], [0.6, 0], [0.6, 1], [0, 1]]) * height
    turn = np.deg2rad(tilt + 180 * turned)
    quads = quads @ np.array([[np.cos(turn), np.sin(turn)], [-np.sin(turn), np.cos(turn)]]) + 500
    characters = tuple(Character(c, 0.9, quad.astype(np.float32)) for c, quad in zip(vin, quads, strict=True))
    return replace(reading(vin, 0.9), characters=characters, quality=(("contrast", contrast),))


def test_right_readings_by_height_tilt_and_contrast(tmp_path: Path) -> None:
    readings = [
        placed(TRUE, 7, 1),
        placed(WRONG, 7, -12, contrast=15),
        placed(TRUE, 30, 12, turned=True),
        placed(TRUE, 30, 88),
        reading(None, 0.0, "not_found"),
    ]
    write_reading_report(tmp_path, [scored(one) for one in readings])
    assert [tuple(row.values()) for row in rows_of(tmp_path / "vin_contrast.csv")] == [
        ("0", "20", "1", "0.0"),
        ("40", "60", "3", "1.0"),
    ]
    heights, tilts = rows_of(tmp_path / "vin_height.csv"), rows_of(tmp_path / "vin_tilt.csv")
    assert [tuple(row.values()) for row in heights] == [("6", "8", "2", "0.5"), ("26", "40", "2", "1.0")]
    assert [tuple(row.values()) for row in tilts] == [
        ("0", "2", "1", "1.0"),
        ("10", "15", "2", "0.5"),
        ("45", "91", "1", "1.0"),
    ]
    page = (tmp_path / "index.html").read_text()
    for name in ("vin_height", "vin_tilt", "vin_contrast", "vin_position"):
        expect_picture(tmp_path / f"{name}.png")
        assert f'alt="{name}"' in page
