"""What a user gets: one schema that every output obeys, there and back, and rows for tables."""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import fields, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from jsonschema import Draft202012Validator

import vinchar
from vinchar import Reader, readings_to_rows
from vinchar.quality import FAULTS
from vinchar.reading import ROW, SCHEMA, Barcode, Character, Reading

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "images"
VIN, OTHER = "1HGCM82633A004352", "WVWZZZ1JZ3W386752"
QUAD = np.array([[1, 2], [3, 2], [3, 4], [1, 4]], np.float32)
PAGE = ROOT / "docs" / "output.md"
DESCRIBED = json.loads((Path(vinchar.__file__).parent / "reading.schema.json").read_text(encoding="utf-8"))
VALID = Draft202012Validator(DESCRIBED)
FULL = Reading(
    image="caf\udce9.jpg",
    kind="photo",
    vin=VIN,
    status="uncertain",
    confidence=0.51239,
    characters=(Character("1", 0.9, QUAD, (("7", 0.1),)),),
    check_digit="valid",
    reasons=("the characters are too small: move closer",),
    alternatives=((OTHER, 0.25),),
    quality={"blur": 0.1234},
    maker="Honda",
    region="North America",
    model_year=(2003, 1973),
    source="both",
    quad=QUAD,
    barcodes=(Barcode(VIN, "Code39", QUAD),),
    others=(Reading("caf\udce9.jpg", "photo", OTHER, "ok", 0.99, source="barcode", quad=QUAD),),
    without_list=OTHER,
    model="0.1.0-01234567",
)


@cache
def read() -> dict[str, Reading]:
    """What the shipped model reads in a picture of each kind, in one that shows nothing, and in one that is none."""
    reader = Reader(every=True)
    sources: dict[str, Any] = {
        "glyph": SAMPLES / "glyphs" / "0.png",
        "strip": SAMPLES / "strips" / "ocr-b-400-print-dark.png",
        "photo": SAMPLES / "photos" / "door-label-white.jpg",
        "nothing": np.full((64, 320), 90, np.uint8),
        "broken": b"Dear Sir or Madam",
    }
    doubtful = Reader(min_confidence=1.0).read(sources["photo"])
    return {name: reader.read(source) for name, source in sources.items()} | {"doubtful": doubtful}


@pytest.mark.parametrize("name", ["glyph", "strip", "photo", "nothing", "broken", "doubtful", "full"])
def test_every_output_obeys_the_schema_and_comes_back(name: str) -> None:
    reading = FULL if name == "full" else read()[name]
    said = json.loads(reading.to_json())
    VALID.validate(said)
    assert said.keys() == DESCRIBED["properties"].keys()
    assert Reading.from_dict(said).to_dict() == said
    assert Reading.from_dict({**said, "new": "key"}).to_dict() == said


def test_the_statuses_are_all_there() -> None:
    found = {name: reading.status for name, reading in read().items()}
    assert found["photo"] == found["glyph"] == found["strip"] == "ok"
    assert (found["nothing"], found["broken"], found["doubtful"]) == ("not_found", "error", "uncertain")


def test_the_schema_names_all_that_a_reading_holds() -> None:
    assert {one.name for one in fields(Reading)} | {"schema"} == DESCRIBED["properties"].keys()
    assert DESCRIBED["properties"]["schema"]["const"] == SCHEMA
    assert [fault.name for fault in FAULTS] == list(DESCRIBED["properties"]["quality"]["properties"])


def test_what_is_written_can_be_read_as_exactly_as_it_was_written() -> None:
    back = Reading.from_dict(FULL.to_dict())
    assert back.image == "caf\ufffd.jpg"
    assert (back.confidence, back.model_year, back.reasons) == (0.5124, FULL.model_year, FULL.reasons)
    assert back.barcodes[0].vin == VIN
    assert back.others[0].vin == OTHER
    np.testing.assert_array_equal(back.characters[0].quad, QUAD)
    assert FULL.to_json().isascii()


@pytest.mark.parametrize("change", [{"schema": 2}, {"characters": 3}, {"quad": "here"}, {"vin": ...}])
def test_another_form_is_refused_with_a_sentence(change: dict[str, Any]) -> None:
    said = FULL.to_dict() | change
    said = {name: value for name, value in said.items() if value is not ...}
    with pytest.raises(ValueError, match=r"^reading: "):
        Reading.from_dict(said)


def test_rows_are_flat_and_have_one_line_for_every_vin() -> None:
    rows = readings_to_rows([FULL, Reading("b.jpg", "photo", None, "not_found", reasons=("a", "b"))])
    assert [(row["image"], row["rank"], row["vin"]) for row in rows] == [
        ("caf\ufffd.jpg", 1, VIN),
        ("caf\ufffd.jpg", 2, OTHER),
        ("b.jpg", 1, None),
    ]
    assert all(tuple(row) == ROW for row in rows)
    assert all(value is None or isinstance(value, str | int | float) for row in rows for value in row.values())
    first, _, last = rows
    assert [first[name] for name in ("x1", "y1", "x3", "y3")] == [1.0, 2.0, 3.0, 4.0]
    assert (first["model_year"], first["second"], first["second_confidence"]) == ("2003 1973", OTHER, 0.25)
    assert (last["reasons"], last["x1"]) == ("a; b", None)


def test_rows_go_through_pandas_and_back() -> None:
    pandas = pytest.importorskip("pandas")  # comes with seaborn
    table = pandas.DataFrame(readings_to_rows([FULL]))
    text = io.StringIO(table.to_csv(index=False))
    assert next(csv.DictReader(text))["vin"] == VIN


def test_the_page_of_the_output_shows_what_is_given() -> None:
    """Each example obeys the schema; the first one is what the sample photo gives, but for characters left out."""
    examples = [json.loads(block) for block in re.findall(r"```json\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)]
    assert {example["status"] for example in examples} == {"ok", "uncertain", "not_found", "error"}
    for example in examples:
        VALID.validate(example)
    shown, given = examples[0], read()["photo"].to_dict()
    for name in ("vin", "kind", "status", "source", "check_digit", "maker", "model_year"):
        assert shown[name] == given[name], name
    assert shown["quality"] == pytest.approx(given["quality"], abs=0.01)  # processors round otherwise
    for one, other in zip(shown["characters"], given["characters"], strict=False):
        assert one["char"] == other["char"]
        assert one["confidence"] == pytest.approx(other["confidence"], abs=0.001)
        np.testing.assert_allclose(one["quad"], other["quad"], atol=0.2)
    missing = [name for name in DESCRIBED["properties"] if f"`{name}`" not in PAGE.read_text("utf-8")]
    assert not missing


def test_the_interface_is_found_by_those_who_look_for_it() -> None:
    assert set(vinchar.__all__) <= set(dir(vinchar))
    for name in vinchar.__all__:
        assert ">>>" in (getattr(vinchar, name).__doc__ or ""), name
    with pytest.raises(AttributeError, match="no attribute 'raed'"):
        _ = vinchar.raed  # type: ignore[attr-defined]


def test_a_reading_is_frozen() -> None:
    with pytest.raises(AttributeError):
        FULL.vin = OTHER  # type: ignore[misc]
    assert replace(FULL, vin=OTHER).vin == OTHER
