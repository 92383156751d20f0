from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import numpy as np
import pytest

from vinchar.command.lines import FORMATS, csv_lines, json_lines, text_lines
from vinchar.command.output import output_file
from vinchar.command.talk import Stop
from vinchar.reading import Character, Reading

VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
QUAD = np.zeros((4, 2), np.float32)


@pytest.mark.parametrize(
    ("kind", "vin", "status", "line"),
    [
        ("glyph", "Z", "ok", "090, a b.png"),
        ("glyph", "0", "uncertain", "048?, a b.png"),
        ("strip", VIN, "ok", f"{VIN}, a b.png"),
        ("photo", VIN, "uncertain", f"{VIN}?, a b.png"),
        ("photo", VIN, "not_found", "-, a b.png"),
        ("photo", None, "not_found", "-, a b.png"),
        ("photo", None, "error", "-, a b.png"),
    ],
)
def test_text_lines_are_the_contract(kind: str, vin: str | None, status: str, line: str) -> None:
    assert text_lines("a b.png", Reading("a b.png", kind, vin, status)) == f"{line}\n"  # type: ignore[arg-type]


def test_a_line_break_in_a_name_stays_one_line() -> None:
    reading = Reading("a\nb.png", "strip", VIN, "ok")
    assert text_lines("a\nb.png", reading) == f"{VIN}, a\\nb.png\n"
    assert json_lines("a\nb.png", reading).count("\n") == 1


def test_json_has_the_promised_keys_and_replaces_what_is_no_text() -> None:
    reading = Reading(
        "x", "strip", VIN, "ok", 0.98761, (Character("1", 0.9, QUAD, (("7", 0.1),)),), "valid", model_year=(2003,)
    )
    record = json.loads(json_lines("caf\u00e9-\udcff.png", reading))
    promised = "image kind vin status confidence characters check_digit reasons alternatives maker region model_year"
    assert set(promised.split()) <= record.keys()
    assert record["image"] == "caf\u00e9-\ufffd.png"
    assert record["confidence"] == 0.9876
    assert record["characters"][0]["alternatives"] == [["7", 0.1]]
    assert json_lines("\u00e9", reading).isascii()


def test_csv_columns_do_not_move() -> None:
    reading = Reading('a,"b".png', "photo", None, "not_found", reasons=("too dark", "blurred"), model_year=(1980, 2010))
    header, row = csv.reader(io.StringIO(FORMATS["csv"].header + csv_lines('a,"b".png', reading)))
    assert ",".join(header) == (
        "image,rank,kind,vin,status,confidence,source,check_digit,maker,region,model_year,reasons,second,"
        "second_confidence,barcodes,without_list,x1,y1,x2,y2,x3,y3,x4,y4,model,frame"
    )
    said = ['a,"b".png', "1", "photo", "", "not_found", "0.0", "", "", "", "", "1980 2010", "too dark; blurred"]
    assert row == said + [""] * 14


def test_other_vins_have_lines_of_their_own_but_for_json() -> None:
    other = Reading("a.png", "photo", OTHER, "uncertain")
    reading = Reading("a.png", "photo", VIN, "ok", others=(other,))
    assert text_lines("a.png", reading) == f"{VIN}, a.png\n{OTHER}?, a.png\n"
    ranks = [(row[1], row[3]) for row in csv.reader(io.StringIO(csv_lines("a.png", reading)))]
    assert ranks == [("1", VIN), ("2", OTHER)]
    assert [one["vin"] for one in json.loads(json_lines("a.png", reading))["others"]] == [OTHER]


NAMES = ["a, b.png", "line\nbreak.png", "caf\u00e9-\udcff.png", '"quoted".png']


@pytest.mark.parametrize("form", FORMATS)
def test_a_killed_run_goes_on_where_it_was(form: str, tmp_path: Path) -> None:
    """Whatever the names are, what lies whole in the part is known; a line that was cut off is written again."""
    kind, path = FORMATS[form], tmp_path / "deep" / "out"
    lines = [kind.lines(name, Reading(name, "strip", VIN, "ok")) for name in NAMES]
    started = output_file(path, kind, resume=False)

    def write_and_stop() -> None:
        with started.open() as write:
            for some in (lines[0], lines[1], lines[2][:-5]):
                write(some)
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_and_stop()
    assert not path.exists()
    again = output_file(path, kind, resume=True)
    assert again.kept.statuses == {kind.name(name): "ok" for name in NAMES[:2]}
    with again.open() as write:
        for line in lines[2:]:
            write(line)
    assert path.read_text(encoding="utf-8", errors="surrogateescape") == kind.header + "".join(lines)
    assert list(path.parent.iterdir()) == [path]
    assert output_file(path, kind, resume=True).kept.statuses == {kind.name(name): "ok" for name in NAMES}


@pytest.mark.parametrize("form", FORMATS)
def test_what_could_not_be_used_is_tried_again(form: str, tmp_path: Path) -> None:
    kind, path = FORMATS[form], tmp_path / "out"
    with output_file(path, kind, resume=False).open() as write:
        for name, status in (("a", "ok"), ("b", "error"), ("c", "uncertain")):
            vin = None if status == "error" else VIN
            write(kind.lines(name, Reading(name, "photo", vin, status)))  # type: ignore[arg-type]
    again = output_file(path, kind, resume=True).kept
    assert again.statuses == {"a": "ok", "c": "uncertain"}
    assert again.text.startswith(kind.header)
    assert again.text.count("\n") == 2 + bool(kind.header)


def test_a_part_is_not_lost_for_want_of_a_flag(tmp_path: Path) -> None:
    (tmp_path / "out.part").write_text(f"{VIN}, a.png\n")
    with pytest.raises(Stop, match="add --resume to go on with it, or remove it"):
        output_file(tmp_path / "out", FORMATS["text"], resume=False)
    with pytest.raises(Stop, match="is a folder"):
        output_file(tmp_path, FORMATS["text"], resume=False)


def test_a_new_run_starts_anew(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("old\n")
    with output_file(tmp_path / "out", FORMATS["text"], resume=False).open() as write:
        write("new\n")
        assert (tmp_path / "out").read_text() == "old\n"
    assert (tmp_path / "out").read_text() == "new\n"


@pytest.mark.parametrize("form", ["csv", "jsonl"])
def test_a_file_of_something_else_is_not_gone_on_with(form: str, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("Dear Sir or Madam\n")
    with pytest.raises(Stop, match="does not hold lines of this --format"):
        output_file(tmp_path / "out", FORMATS[form], resume=True)
