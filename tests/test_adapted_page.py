"""The report on an adapted model: the verdict, what differs, what is safe to show, tables that can be read again."""

from __future__ import annotations

import json
import math
import os
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from name_reader import Folder

from conftest import expect_picture, rows_of
from vinchar.evaluation import adapted_page, adapted_words
from vinchar.evaluation.adapted import EXACT, TEST, Adapted, Changed, Compared, LeftOut, Step, Suggested
from vinchar.evaluation.adapted_page import write_adapted
from vinchar.evaluation.adapted_words import judged, strength, verdict
from vinchar.training.adapting.photos import read_photos

VIN, OFF, OTHER = "1HGCM82633A004352", "1HGCM82633A004353", "WVWZZZ1JZ3W386752"
CONTRADICTED = "the label contradicts the picture"
RIGHT = Compared(TEST, EXACT, 46, 33 / 46, 39 / 46, (0.02, 0.25))


def adapted(**what: Any) -> Adapted:
    """What a small run gave, with nothing left out, or that which is given."""
    parts = {"train": (388, 270), "validation": (68, 55), "test": (46, 36)}
    usual: dict[str, Any] = {
        **{"facts": (), "parts": parts, "own_labels": True, "better": True, "place": Path("/models/mine")},
        **{"compared": [RIGHT], "steps": [], "taught": 322, "left_out": [], "changed": []},
    }
    return Adapted(**usual | what)


def suspect(path: Path, against: float = 6.0, label: str = OFF) -> LeftOut:
    return LeftOut(path, CONTRADICTED, label, VIN, 0.93, against, True)


def page(folder: Path, made: Adapted) -> str:
    """The page as it is written."""
    write_adapted(folder, made)
    return (folder / "index.html").read_text(encoding="utf-8")


def section(html: str, title: str) -> str:
    """What stands below the heading that begins so, up to the next one of its rank."""
    return html[html.index(f"<h2>{title}") :].partition("</h2>")[2].partition("<h2>")[0]


@pytest.mark.parametrize(
    ("what", "sentence"),
    [
        (
            {},
            "better on the test part: it reads 39 of 46 photos right, 6 more than the model before; it is in {place}.",
        ),
        (
            {"better": False, "place": None, "compared": [replace(RIGHT, after=30 / 46)]},
            "not better on the test part: it reads 30 of 46 photos right, 3 fewer than the model before; "
            "no model was written, and --force writes it all the same.",
        ),
        (
            {"better": False, "compared": [replace(RIGHT, after=33 / 46)]},
            "not better on the test part: it reads 33 of 46 photos right, as many as the model before, and finds the "
            "true VINs no likelier; by --force it was written all the same, to {place}.",
        ),
        (
            {"own_labels": False},
            "better on the test part: it agrees with the labels in 39 of 46 photos, 6 more than the model before; "
            "it is in {place}.",
        ),
        (
            {"own_labels": False, "compared": [replace(RIGHT, n=1, before=1.0, after=1.0)]},
            "better on the test part: it agrees with the labels in 1 of 1 photo, as many as the model before, and "
            "finds these labels likelier; it is in {place}.",
        ),
        (
            {"own_labels": False, "better": False, "place": None, "compared": []},
            "not better on the test part; no model was written, and --force writes it all the same.",
        ),
    ],
)
def test_the_verdict_is_one_sentence(what: dict[str, Any], sentence: str) -> None:
    place = str(adapted().place)
    assert verdict(adapted(**what)) == f"The adapted model is {sentence.format(place=place)}"


def test_the_verdict_comes_first_and_says_what_the_labels_are(tmp_path: Path) -> None:
    own, guessed = (page(tmp_path, adapted(own_labels=own)) for own in (True, False))
    for html in (own, guessed):
        assert html.index(verdict(adapted())[:40]) < html.index("<h2>")
    assert "They are no accuracy" not in own
    assert guessed.index("They are no accuracy") < guessed.index("<h2>")


def test_what_may_be_chance_is_said(tmp_path: Path) -> None:
    assert "it may be chance" not in page(tmp_path, adapted())
    html = page(tmp_path, adapted(compared=[replace(RIGHT, interval=(-0.01, 0.25))]))
    assert html.index("it may be chance") < html.index("<h2>")
    assert "better, may be chance" in html
    html = page(tmp_path, adapted(compared=[replace(RIGHT, interval=(math.nan, math.nan))]))  # one VIN tells nothing
    assert "better, may be chance" in html


@pytest.mark.parametrize(
    ("before", "after", "less", "says"),
    [
        (0.5, 0.6, False, "better"),
        (0.5, 0.6, True, "worse"),
        (0.6, 0.5, False, "worse"),
        (0.6, 0.5, True, "better"),
        (0.5, 0.5001, False, "same"),
        (math.nan, 0.5, False, ""),
        (0.5, -math.inf, False, ""),
    ],
)
def test_better_is_said_in_words(before: float, after: float, less: bool, says: str) -> None:
    assert judged(Compared(TEST, "some measure", 9, before, after, None, less)) == says


def test_the_table_has_both_models_by_what_they_were_measured_on(tmp_path: Path) -> None:
    errors = Compared(TEST, "character error rate", 46, 0.06, 0.03, (-0.05, -0.01), True)
    accepted = Compared(TEST, "accuracy of accepted", 46, math.nan, 0.9)
    drawn = Compared("drawn scenes", EXACT, 400, 0.97, 0.96)
    folder = tmp_path / "report"
    html = page(folder, adapted(compared=[RIGHT, errors, accepted, drawn]))
    table = section(html, "Before and after")
    assert re.findall(r'class="group">([^<]*)', table) == [TEST, "drawn scenes"]
    cells = [re.findall(r"<td[^>]*>(.*?)</td>", row, re.S) for row in table.split("<tr>")]
    rows = {(row[0], row[1]): row[2:] for row in cells if row}
    assert rows[EXACT, "46"] == ["0.717", "0.848", "+0.130 (+0.020 to +0.250)", "better"]
    error_row = rows["character error rate <small>(less is better)</small>", "46"]
    assert error_row == ["0.060", "0.030", "-0.030 (-0.050 to -0.010)", "better"]
    assert rows["accuracy of accepted", "46"] == ["-", "0.900", "-", "-"]
    assert rows[EXACT, "400"] == ["0.970", "0.960", "-0.010", "worse"]
    assert '<td class="worse">worse' in table
    expect_picture(folder / "comparison.png")
    first, _, third, _ = rows_of(folder / "comparison.csv")
    assert (first["difference"], first["low"], first["high"]) == ("0.1304", "0.02", "0.25")
    assert (third["before"], third["difference"], third["low"]) == ("", "", "")


def test_how_it_was_done_is_told_and_drawn(tmp_path: Path) -> None:
    steps = [Step("round 1", -1.3, True), Step("round 2", -1.4, False), Step("odd", math.nan, False)]
    made = adapted(
        steps=steps,
        margins=[(1.2, 1.7, -0.9), (1.0, 1.0, -1.0), (1.2, 1.0, -1.1)],
        histories={"classifier": [{"epoch": 0, "loss": 1.0}, {"epoch": 1, "loss": 0.5}], "locator": []},
    )
    html = page(tmp_path, made)
    text = section(html, "How it was done")
    assert re.search(r"322 of the 388\s+photos of the train part", text)
    assert '<td>validation</td><td class="number">68</td><td class="number">55</td>' in text
    assert re.findall(r'"number">(-[\d.]*)</td>\s*<td>(?:<span[^>]*>)?(\w+)', text) == [
        ("-1.300", "kept"),
        ("-1.400", "not"),
        ("-", "not"),
    ]
    assert "1.2 times the length and 1.7 times the height" in text
    for name in ("steps", "margins", "curves"):
        expect_picture(tmp_path / f"{name}.png")
        assert f'href="{name}.png"' in text


def frame_of(png: Path) -> tuple[float, float]:
    """Where the red frame of a picture is, from its left and its top, in parts of it."""
    picture = cv2.imread(str(png)).astype(int)
    ys, xs = np.nonzero((picture[..., 2] > picture[..., 1] + 90) & (picture[..., 2] > picture[..., 0] + 90))
    return xs.mean() / picture.shape[1], ys.mean() / picture.shape[0]


def test_the_first_margin_is_framed(tmp_path: Path) -> None:
    one, other = (1.0, 2.0, -0.9), (1.4, 1.0, -1.0)
    write_adapted(tmp_path / "a", adapted(margins=[one, other]))
    write_adapted(tmp_path / "b", adapted(margins=[other, one]))
    (low_x, high_y), (high_x, low_y) = (frame_of(tmp_path / name / "margins.png") for name in "ab")
    assert low_x + 0.2 < high_x
    assert low_y + 0.2 < high_y


def test_likely_wrong_labels_are_shown_with_what_differs(tmp_path: Path, folder: Folder) -> None:
    photos = folder("weak.png", "strongest.png", "strong.png")
    suspects = [suspect(photos / f"{name}.png", by) for name, by in (("weak", 1), ("strongest", 48), ("strong", 6))]
    rest = LeftOut(photos / "blank.png", "no line shows this VIN", VIN, "", 0.1, 0.0, False)
    html = page(tmp_path / "report", adapted(left_out=[*suspects, rest]))
    text = section(html, "Labels that are likely wrong: 3")
    assert re.findall(r'">\.\./in/(\w+)\.png', text) == ["strongest", "strong", "weak"]
    assert re.findall(r"(\w[\w ]*) evidence against", text) == ["Very strong", "Strong", "Some"]
    assert text.count('<b class="off">3</b>') == text.count('<b class="off">2</b>') == 3
    assert text.count('class="off"') == 6
    assert "blank.png" not in text
    assert text.count("data:image/jpeg") == 3
    assert adapted_words.strengths() in text
    rows = rows_of(tmp_path / "report" / "label_errors.csv")
    assert list(rows[0]) == ["image", "label", "read", "confidence", "against"]
    assert rows[0] == {
        **{"image": os.path.join("..", "in", "strongest.png"), "label": OFF, "read": VIN},
        **{"confidence": "0.9300", "against": "48.00"},
    }


def test_words_for_evidence_are_explained_with_their_bounds() -> None:
    assert [strength(nats) for nats in (0, 4.9, 5, 9.9, 10, 999)] == ["some"] * 2 + ["strong"] * 2 + ["very strong"] * 2
    said = adapted_words.strengths()
    assert "very strong evidence 22,000 or more, strong evidence 150 or more" in said  # e to the 10th and to the 5th


def test_thumbnails_are_small_and_keep_their_shape(tmp_path: Path) -> None:
    for name, shape in (("wide", (300, 1200, 3)), ("high", (1200, 300, 3))):
        cv2.imwrite(str(tmp_path / f"{name}.png"), np.full(shape, 90, np.uint8))
    changed = [Changed(tmp_path / f"{name}.png", VIN, VIN, OFF) for name in ("wide", "high")]
    html = page(tmp_path / "report", adapted(changed=changed))
    assert re.findall(r'width="(\d+)" height="(\d+)"', html) == [("320", "80"), ("60", "240")]


def test_a_broken_photo_is_named_and_ends_nothing(tmp_path: Path) -> None:
    broken = tmp_path / "broken.jpg"
    broken.write_bytes(b"no picture")
    html = page(
        tmp_path / "report",
        adapted(
            left_out=[suspect(broken)],
            changed=[Changed(tmp_path / "gone.jpg", VIN, OFF, VIN)],
            suggested=[Suggested(tmp_path, VIN, 0.4, 1.0, "unsure")],
        ),
    )
    assert html.count("This photo cannot be shown") == 3
    assert "data:image/jpeg" not in html
    assert ">../broken.jpg</a>" in html


EVIL = "<script>alert(1) & 100%#?.png"


@pytest.mark.skipif(os.name == "nt", reason="no such names there")
def test_no_name_or_text_becomes_markup(tmp_path: Path, folder: Folder) -> None:
    photo, bad = folder(EVIL) / EVIL, "<script>bad</script> \udce4"
    made = adapted(
        facts=[("command", bad)],
        place=Path(bad),
        steps=[Step(bad.replace("\udce4", ""), -1.0, True)],
        left_out=[suspect(photo, label=bad), LeftOut(photo, f"not a picture: {bad}", "", "", 0.0, 0.0, False)],
        changed=[Changed(photo, VIN, bad, VIN)],
        suggested=[Suggested(photo, VIN, 0.4, 1.0, bad)],
        problems=[bad],
    )
    html = page(tmp_path / "report", made)
    assert "<script" not in html
    assert html.count("&lt;script&gt;alert(1) &amp; 100%#?.png</a>") == 4
    assert 'href="../in/%3Cscript%3Ealert%281%29%20%26%20100%25%23%3F.png"' in html
    assert html.count("&lt;script&gt;bad&lt;/script&gt; \ufffd") == 5
    assert not re.search(r"https?:|src=\"(?!data:)|<link", html)
    assert json.loads((tmp_path / "report" / "summary.json").read_text(encoding="utf-8"))["problems"] == [
        "<script>bad</script> \ufffd"
    ]


def test_empty_sections_say_so(tmp_path: Path) -> None:
    html = page(tmp_path, adapted(compared=[], parts={}, taught=0))
    for sentence in (
        "Nothing was compared",
        "Nothing was tried",
        "No label contradicts its photo",
        "There are none",
        "Both models read all of them alike",
        "None: every row was used",
    ):
        assert html.count(sentence) == 1
    assert "Photos to label next" not in html
    assert "data:image" not in html
    for name in ("label_errors", "left_out", "suggested", "changed", "comparison"):
        assert rows_of(tmp_path / f"{name}.csv") == []
    assert not list(tmp_path.glob("*.png")) + list(tmp_path.glob(".*"))


def test_other_reasons_are_counted_and_their_first_photos_named(tmp_path: Path) -> None:
    some = [LeftOut(tmp_path / f"u{i}.jpg", "unsure", "", VIN, 0.3, 0.0, False) for i in range(25)]
    files = [
        LeftOut(tmp_path / f"f{i}.jpg", f"not a picture: {said}", "", "", 0.0, 0.0, False)
        for i, said in enumerate(("empty", "too large"))
    ]
    html = page(tmp_path, adapted(left_out=[*files, *some, suspect(tmp_path / "s.jpg")]))
    text = section(html, "Photos that taught nothing for other reasons: 27")
    assert re.findall(r'<td>([^<]*)</td><td class="number">(\d+)', text) == [("unsure", "25"), ("not a picture", "2")]
    assert "the first 20 of 25" in text
    assert text.count("<li>") == 20 + 2
    assert "f1.jpg</a>: too large" in text
    rows = rows_of(tmp_path / "left_out.csv")
    assert list(rows[0]) == ["image", "why", "label", "read", "confidence"]
    assert len(rows) == 28
    assert rows[1]["why"] == "not a picture: too large"


def test_changed_test_photos_are_fixed_broken_or_neither(tmp_path: Path) -> None:
    read: Sequence[tuple[str, str]] = ((VIN, OFF), (OFF, VIN), ("", OTHER), (OFF, VIN))
    changed = [Changed(tmp_path / f"{i}.jpg", VIN, *both) for i, both in enumerate(read)]
    html = page(tmp_path, adapted(changed=changed))
    text = section(html, "Test photos that are read differently now: 4")
    assert re.findall(r"<h3>(\w+)[^<]*: (\d)</h3>", text) == [("Fixed", "2"), ("Broken", "1"), ("Read", "1")]
    assert re.findall(r">(\d)\.jpg</a>", text) == ["1", "3", "0", "2"]
    assert text.count('<b class="off">-</b>') == 1
    assert [row["change"] for row in rows_of(tmp_path / "changed.csv")] == ["broken", "fixed", "otherwise", "fixed"]
    summary = json.loads((tmp_path / "summary.json").read_text())
    assert summary["changed"] == {"fixed": 2, "broken": 1, "otherwise": 1}


def test_what_the_page_leaves_out_is_said_and_in_the_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ERRORS_SHOWN", "CHANGED_SHOWN", "SUGGESTED_SHOWN", "PROBLEMS_SHOWN"):
        monkeypatch.setattr(adapted_page, name, 2)
    paths = [tmp_path / f"{i}.jpg" for i in range(3)]
    html = page(
        tmp_path,
        adapted(
            left_out=[suspect(path) for path in paths],
            changed=[Changed(path, VIN, *both) for both in ((VIN, OFF), (OFF, VIN)) for path in paths],
            suggested=[Suggested(path, VIN, 0.4, 1.0, "unsure") for path in paths],
            problems=["bad row"] * 3,
        ),
    )
    assert html.count("The first 2 of 3 are shown; all are") == 2
    assert "Fixed, right now: 3, the first 2 are shown" in html
    assert "Broken, right before: 3, the first 2 are shown" in html
    assert html.count('<figure class="reading') == 8
    assert html.count("<li>bad row") == 2
    for name, count in (("label_errors", 3), ("changed", 6), ("suggested", 3)):
        assert len(rows_of(tmp_path / f"{name}.csv")) == count
    assert len(json.loads((tmp_path / "summary.json").read_text())["problems"]) == 3


def test_suggested_photos_are_a_source_once_corrected(
    tmp_path: Path, folder: Folder, monkeypatch: pytest.MonkeyPatch
) -> None:
    photos = folder("a, b.png", "c.png", "d.png")
    for i, path in enumerate(sorted(photos.iterdir())):
        cv2.imwrite(str(path), np.full((20, 60, 3), i, np.uint8))  # the same picture would count once
    monkeypatch.chdir(tmp_path)
    some = [
        Suggested(Path("in/c.png"), OTHER, 0.2, 0.5, "rare, unsure"),
        Suggested(photos / "a, b.png", VIN, 0.4, 1.5, "unsure"),
        Suggested(photos / "d.png", "", 0.0, 0.1, "nothing read"),
    ]
    html = page(Path("made/report"), adapted(suggested=some))
    assert re.findall(r"[^>/]*\.png(?=</a>)", section(html, "Photos to label next: 3")) == [
        "a, b.png",
        "c.png",
        "d.png",
    ]
    table = tmp_path / "made" / "report" / "suggested.csv"
    assert table.read_text().startswith("image,vin,confidence,worth,why\n")
    monkeypatch.chdir("/")
    got = read_photos([table])
    assert [(one.path.resolve(), one.vin) for one in got.labelled] == [
        (photos / "a, b.png", VIN),
        (photos / "c.png", OTHER),
    ]
    assert [one.path.resolve() for one in got.unlabelled] == [photos / "d.png"]
    assert not got.problems


def test_photos_are_named_from_where_the_report_really_lies(tmp_path: Path, folder: Folder) -> None:
    photos = folder("a.png", "b/b.png")
    (tmp_path / "far" / "away").mkdir(parents=True)
    for link, place in (("link", tmp_path / "far" / "away"), ("other", photos / "b")):
        (tmp_path / link).symlink_to(place, target_is_directory=True)
    some = [
        Suggested(path, VIN, 0.4, 1.0, "unsure") for path in (photos / "a.png", tmp_path / "other" / ".." / "a.png")
    ]
    write_adapted(tmp_path / "link" / "report", adapted(suggested=some))
    table = tmp_path / "link" / "report" / "suggested.csv"
    assert [row["image"] for row in rows_of(table)] == [os.path.join("..", "..", "..", "in", "a.png")] * 2
    assert len(read_photos([table]).labelled) == 1


def test_the_summary_is_plain_json(tmp_path: Path) -> None:
    made = adapted(
        compared=[RIGHT, Compared(TEST, "accuracy of accepted", 46, math.nan, 1.0)],
        steps=[Step("round 1", -math.inf, False)],
        left_out=[suspect(tmp_path / "a.jpg"), suspect(tmp_path / "b.jpg")],
    )
    write_adapted(tmp_path, made)
    summary = json.loads((tmp_path / "summary.json").read_text(), parse_constant=lambda name: pytest.fail(name))
    assert summary["verdict"] == verdict(made)
    assert summary["compared"][0]["after"] == pytest.approx(39 / 46, abs=1e-4)
    assert summary["compared"][1]["before"] is None
    assert summary["steps"] == [{"name": "round 1", "log_score": None, "kept": False}]
    assert not (tmp_path / "steps.png").exists()
    assert summary["left_out"] == {CONTRADICTED: 2}
    assert (summary["label_errors"], summary["taught"], summary["parts"]["test"]) == (
        2,
        322,
        {"photos": 46, "vins": 36},
    )


def test_a_report_takes_the_place_of_an_older_one(tmp_path: Path, folder: Folder) -> None:
    some = [Suggested(folder("a.png") / "a.png", VIN, 0.4, 1.0, "unsure")]
    write_adapted(tmp_path / "report", adapted(suggested=some))
    write_adapted(tmp_path / "report", adapted())
    assert rows_of(tmp_path / "report" / "suggested.csv") == []
