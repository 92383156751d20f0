from __future__ import annotations

import csv
import json

import numpy as np
import pytest

from vinchar.lines import csv_header, csv_line, json_line, text_line
from vinchar.types import Character, Reading

VIN = "1HGCM82633A004352"
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
    assert text_line("a b.png", Reading("a b.png", kind, vin, status)) == line  # type: ignore[arg-type]


def test_a_line_break_in_a_name_stays_one_line() -> None:
    reading = Reading("a\nb.png", "strip", VIN, "ok")
    assert text_line("a\nb.png", reading) == f"{VIN}, a\\nb.png"
    assert "\n" not in json_line("a\nb.png", reading)


def test_json_has_the_promised_keys_and_replaces_what_is_no_text() -> None:
    reading = Reading(
        "x", "strip", VIN, "ok", 0.98761, (Character("1", 0.9, QUAD, (("7", 0.1),)),), "valid", model_year=(2003,)
    )
    record = json.loads(json_line("caf\u00e9-\udcff.png", reading))
    promised = "image kind vin status confidence characters check_digit reasons alternatives maker region model_year"
    assert set(promised.split()) <= record.keys()
    assert record["image"] == "caf\u00e9-\ufffd.png"
    assert record["confidence"] == 0.9876
    assert record["characters"][0]["alternatives"] == [["7", 0.1]]
    assert json_line("\u00e9", reading).isascii()


def test_csv_columns_do_not_move() -> None:
    reading = Reading('a,"b".png', "photo", None, "not_found", reasons=("too dark", "blurred"), model_year=(1980, 2010))
    header, row = csv.reader([csv_header(), csv_line('a,"b".png', reading)])
    assert ",".join(header) == "image,kind,vin,status,confidence,check_digit,maker,region,model_year,reasons"
    assert row == ['a,"b".png', "photo", "", "not_found", "0.0", "", "", "", "1980 2010", "too dark; blurred"]
