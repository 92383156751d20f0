"""The HTML report: what is wrong and why, with pictures, safely quoted, and nothing that needs a network."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.evaluation.page import CAUSES, cause, report_page
from vinchar.evaluation.reports import write_reading_report
from vinchar.types import Character, Reading

VIN = "1HGCM82633A004352"


def reading(text: str | None, image: str | None = None, status: str = "uncertain", confidence: float = 0.5) -> Reading:
    quads = [np.array([[x, 5], [x + 8, 5], [x + 8, 17], [x, 17]], np.float32) for x in range(5, 5 + 10 * 17, 10)]
    characters = tuple(Character(c, 0.9, quad) for c, quad in zip(text or "", quads, strict=False))
    return Reading(image, "strip", text, status, confidence, characters, reasons=("<b>why</b>",))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "status", "why"),
    [
        (VIN, "ok", None),
        (None, "error", "file"),
        (None, "not_found", "missing"),
        ("1HGCM82633AOO4352".replace("O", "D"), "ok", "characters"),
        ("HGCM82633A0043522", "ok", "cut"),
        ("JM1DKFB73H0148972", "ok", "place"),
    ],
)
def test_the_cause_of_a_wrong_reading(text: str | None, status: str, why: str | None) -> None:
    assert cause(VIN, reading(text, status=status)) == why
    assert why is None or why in CAUSES


def test_the_page_shows_what_was_wrong(tmp_path: Path) -> None:
    picture = tmp_path / "a & b <i>.png"
    cv2.imwrite(str(picture), np.random.default_rng(0).integers(0, 255, (40, 200, 3), np.uint8))
    wrong = reading("1HGCM82633A004353", str(picture), confidence=0.7)
    pairs = [(reading(VIN, "right.png", "ok"), VIN), (wrong, VIN), (reading(None, "gone.png", "not_found", 0), VIN)]
    write_reading_report(tmp_path / "report", [one for one, _ in pairs], [truth for _, truth in pairs])
    page = (tmp_path / "report" / "index.html").read_text()
    assert "Wrong readings: 2 of 3" in page
    assert "a &amp; b &lt;i&gt;.png" in page
    assert "&lt;b&gt;why&lt;/b&gt;" in page
    assert "gone.png" in page
    assert "right.png" not in page
    assert page.count('<b class="off">') == 2 + 17 + 1  # a character each, and a whole VIN against a dash
    assert page.count("data:image/jpeg") == 2  # the line, and the one confused glyph
    assert page.count("data:image/png") == 5  # confusion, calibration, risk, by height, by tilt
    assert "<td>2 as 3</td><td>1</td>" in page
    assert not re.search(r"https?:|src=\"(?!data:)|<script|<link", page)


def test_a_page_of_nothing_but_right_readings() -> None:
    page = report_page({}, {}, [(reading(VIN, "a.png", "ok"), VIN)])
    assert "Wrong readings: 0 of 1" in page
    assert "Why readings are wrong" not in page
