"""The HTML report: what is wrong and why, with pictures, safely quoted, and nothing that needs a network."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from vinchar.evaluation import page
from vinchar.evaluation.causes import CAUSES
from vinchar.evaluation.provenance import Provenance
from vinchar.evaluation.reading_report import summarise
from vinchar.evaluation.scored import Label, Scored
from vinchar.reading import Character, Reading

VIN, OFF, OTHER = "1HGCM82633A004352", "1HGCM82633A004353", "WVWZZZ1JZ3W386752"
MADE_BY = Provenance(
    "vinchar read 'a & b' \udce4",
    datetime(2026, 2, 3, 4, 5, tzinfo=UTC),
    "1.2.3",
    model="0.9-12ab34cd",
    preset="quick",
    threshold=0.87,
    glyph_threshold=0.8,
)


def scored(
    text: str | None, name: str, cause: str | None = None, status: str = "uncertain", confidence: float = 0.5
) -> Scored:
    """The reading of a picture of the VIN as ``text``; its glyphs stand side by side."""
    quads = [np.array([[x, 5], [x + 8, 5], [x + 8, 17], [x, 17]], np.float32) for x in range(5, 5 + 10 * 17, 10)]
    characters = tuple(Character(c, 0.9, quad) for c, quad in zip(text or "", quads, strict=False))
    said = Reading(name, "strip", text, status, confidence, characters, reasons=("<b>why</b>",))  # type: ignore[arg-type]
    return Scored(said, Label(VIN), Path(name), cause)


@pytest.fixture(scope="module")
def html(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The page on a right reading, one with a wrong character, one of another line, one of nothing."""
    picture = tmp_path_factory.mktemp("pictures") / "a & b <i>.png"
    cv2.imwrite(str(picture), np.random.default_rng(0).integers(0, 255, (40, 200, 3), np.uint8))
    some = [
        scored(VIN, "right.png", status="ok", confidence=0.99),
        scored(OFF, str(picture), "characters", confidence=0.7),
        scored(OTHER, str(picture), confidence=0.4),
        scored(None, "gone.png", "place", "not_found", 0.0),
    ]
    return page.report_page(summarise(some), {"vin_height": b"PNG", "vin_confusion": b"PNG"}, some, MADE_BY)


def test_the_page_shows_what_was_wrong(html: str) -> None:
    assert "Wrong readings: 3 of 4" in html
    assert "a &amp; b &lt;i&gt;.png" in html
    assert "&lt;b&gt;why&lt;/b&gt;" in html
    assert "gone.png" in html
    different = sum(a != b for a, b in zip(VIN, OTHER, strict=True))
    # One character in each of two texts, those of another line in both, and a whole VIN against a dash.
    assert html.count('<b class="off">') == 2 + 2 * different + 17 + 1
    for name in ("characters", "place"):
        assert html.count(CAUSES[name]) == 2  # counted, and said beside the picture
    assert CAUSES["file"] not in html
    assert f'<td>{page.NO_CAUSE}</td><td class="number">1</td>' in html


def test_the_page_needs_nothing_but_itself(html: str) -> None:
    assert html.startswith("<!doctype html>")
    assert html.count("data:image/jpeg") == 3  # two lines, and the one confused glyph
    assert html.count("data:image/png") == 2
    assert 'href="vin_height.png"' in html  # the file beside the page, for a closer look
    assert not re.search(r"https?:|src=\"(?!data:)|<script|<link", html)


def test_the_page_says_where_it_comes_from(html: str) -> None:
    facts = dict(re.findall(r"<dt>([^<]*)</dt><dd>(?:<code>)?([^<]*)", html))
    assert facts["report"] == "2026-02-03 04:05 UTC"
    assert facts["vinchar"] == "1.2.3"
    assert facts["model"] == "0.9-12ab34cd, preset quick"
    assert facts["accepted from a confidence of"] == "0.870 for VINs, 0.800 for single characters"
    assert facts["command"] == "vinchar read &#39;a &amp; b&#39; \ufffd"


def test_right_readings_are_folded_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "RIGHT_SHOWN", 2)
    some = [
        scored(VIN, f"{name}.png", status="ok", confidence=sure)
        for name, sure in zip("abc", (0.9, 0.99, 0.8), strict=True)
    ]
    html = page.report_page(summarise(some), {}, some)
    folded = html[html.index("Right readings: 3 of 3") :]
    assert re.findall(r"\w\.png", folded) == ["c.png", "a.png"]  # the least sure
    assert "1 surer ones are left out" in folded
    assert folded.index("<details>") < folded.index("c.png") < folded.index("</details>")
    assert "Why readings are wrong" not in html
    assert "Wrong readings: 0 of 3" in html


def test_what_wrong_readings_are_left_out_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page, "WRONG_SHOWN", 1)
    some = [scored(OFF, f"{name}.png", confidence=sure) for name, sure in zip("abc", (0.2, 0.9, 0.5), strict=True)]
    html = page.report_page(summarise(some), {}, some)
    assert re.findall(r"\w\.png", html) == ["b.png"]
    assert "2 less sure ones are" in html
    assert '<span class="vin">2</span> as <span class="vin">3</span></td><td class="number">3</td>' in html


def test_words_are_explained(html: str) -> None:
    terms = html[html.index("How to read this") :]
    for term in ("Accepted", "Accuracy of accepted", "Exact match", "Which characters are compared"):
        assert terms.count(f"<dt>{term}</dt>") == 1
