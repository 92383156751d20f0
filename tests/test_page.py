"""The HTML report: what is wrong and why, with pictures, safely quoted, and nothing that needs a network."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np

from vinchar.evaluation.causes import CAUSES
from vinchar.evaluation.page import report_page
from vinchar.evaluation.reading_report import write_reading_report
from vinchar.evaluation.scored import Label, Scored
from vinchar.reading import Character, Reading

VIN = "1HGCM82633A004352"


def reading(text: str | None, image: str | None = None, status: str = "uncertain", confidence: float = 0.5) -> Reading:
    quads = [np.array([[x, 5], [x + 8, 5], [x + 8, 17], [x, 17]], np.float32) for x in range(5, 5 + 10 * 17, 10)]
    characters = tuple(Character(c, 0.9, quad) for c, quad in zip(text or "", quads, strict=False))
    return Reading(image, "strip", text, status, confidence, characters, reasons=("<b>why</b>",))  # type: ignore[arg-type]


def test_the_page_shows_what_was_wrong(tmp_path: Path) -> None:
    picture = tmp_path / "a & b <i>.png"
    cv2.imwrite(str(picture), np.random.default_rng(0).integers(0, 255, (40, 200, 3), np.uint8))
    wrong = reading("1HGCM82633A004353", str(picture), confidence=0.7)
    right, gone = reading(VIN, "right.png", "ok"), reading(None, "gone.png", "not_found", 0)
    scored = [
        Scored(one, Label(VIN), Path(str(one.image)), cause)
        for one, cause in ((right, None), (wrong, "characters"), (gone, "place"))
    ]
    write_reading_report(tmp_path / "report", scored)
    page = (tmp_path / "report" / "index.html").read_text()
    assert "Wrong readings: 2 of 3" in page
    assert "a &amp; b &lt;i&gt;.png" in page
    assert "&lt;b&gt;why&lt;/b&gt;" in page
    assert "gone.png" in page
    assert "right.png" not in page
    assert page.count('<b class="off">') == 2 + 17 + 1  # a character each, and a whole VIN against a dash
    assert page.count("data:image/jpeg") == 2  # the line, and the one confused glyph
    assert page.count("data:image/png") == 6  # confusion, calibration, risk, by place, height and tilt
    assert page.count(CAUSES["characters"]) == page.count(CAUSES["place"]) == 2  # counted, and said beside the picture
    assert CAUSES["file"] not in page
    assert "<td>2 as 3</td><td>1</td>" in page
    assert not re.search(r"https?:|src=\"(?!data:)|<script|<link", page)


def test_a_page_of_nothing_but_right_readings() -> None:
    page = report_page({}, {}, [Scored(reading(VIN, "a.png", "ok"), Label(VIN), Path("a.png"))])
    assert "Wrong readings: 0 of 1" in page
    assert "Why readings are wrong" not in page
