"""What holds for whatever comes: any text, any bytes, any damage of a file, any command line (hypothesis)."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from name_reader import NameReader

from vinchar import vin
from vinchar.command.lines import FORMATS
from vinchar.command.main import main
from vinchar.evaluation.metrics import edit_distance
from vinchar.imaging import ImageError, load
from vinchar.reading import Reading
from vinchar.vin import ALPHABET

settings.register_profile("here", deadline=None, derandomize=True, max_examples=150, database=None)
settings.load_profile("here")

VINS = st.text(ALPHABET, min_size=17, max_size=17)
FILES = (".png", ".jpg", ".bmp", ".webp", ".tiff")


@given(st.text())
def test_any_text_is_a_vin_or_refused_with_a_reason(text: str) -> None:
    try:
        valid = vin.validate(text)
    except ValueError as error:
        reason = str(error)
    else:
        assert len(valid) == 17
        assert set(valid) <= set(ALPHABET)
        assert vin.validate(valid) == valid
        return
    assert reason


@given(VINS, st.integers(0, 16), st.sampled_from(ALPHABET))
def test_the_check_digit_sees_every_change_but_one_to_an_equal_value(text: str, place: int, char: str) -> None:
    fitting = text[:8] + vin.check_digit(text) + text[9:]
    assert vin.check_digit(fitting) == fitting[8]
    changed = fitting[:place] + char + fitting[place + 1 :]
    equal = vin.VALUES[char] == vin.VALUES[fitting[place]]
    if place != 8:
        assert (vin.check_digit(changed) == changed[8]) == equal
    else:
        assert vin.check_digit(changed) == fitting[8]


@given(VINS)
def test_every_vin_has_parts_and_facts(text: str) -> None:
    parts = vin.parts(text)
    assert parts.wmi + parts.vds + parts.vis == text
    assert vin.check_digit_status(text) in ("valid", "invalid", "not_required")
    assert all(1980 <= year <= 2100 for year in vin.model_years(text))
    assert (vin.region(text) is None) == (text[0] == "0")


@given(st.text(ALPHABET, max_size=20), st.text(ALPHABET, max_size=20), st.text(ALPHABET, max_size=20))
def test_edit_distance_is_a_distance(a: str, b: str, c: str) -> None:
    assert edit_distance(a, a) == 0
    assert edit_distance(a, b) == edit_distance(b, a) >= abs(len(a) - len(b))
    assert edit_distance(a, c) <= edit_distance(a, b) + edit_distance(b, c)


def expect_picture_or_reason(data: bytes) -> None:
    try:
        gray = load(data)
    except ImageError as error:
        reason = str(error)
    else:
        assert gray.ndim == 2
        assert gray.dtype == np.uint8
        return
    assert reason


@given(st.binary(max_size=300))
def test_any_bytes_are_a_picture_or_refused_with_a_reason(data: bytes) -> None:
    expect_picture_or_reason(data)


@cache
def encoded(suffix: str) -> bytes:
    picture = np.random.default_rng(3).integers(0, 255, (24, 40, 3), dtype=np.uint8)
    return bytes(cv2.imencode(suffix, picture)[1])


@given(st.sampled_from(FILES), st.data())
def test_any_damage_of_a_file_is_survived(suffix: str, data: st.DataObject) -> None:
    damaged = bytearray(encoded(suffix))
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(damaged)))
        patch = data.draw(st.binary(max_size=8))
        damaged[at : at + data.draw(st.integers(0, 8))] = patch
    expect_picture_or_reason(bytes(damaged[: data.draw(st.integers(0, len(damaged)))]))
    expect_picture_or_reason(bytes(damaged))


@given(
    st.text(),
    st.one_of(st.none(), VINS),
    st.sampled_from(["ok", "uncertain", "not_found", "error"]),
    st.floats(0, 1),
    st.lists(st.text(), max_size=3),
)
def test_a_reading_is_one_line_in_every_format(
    path: str, text: str | None, status: str, confidence: float, reasons: list[str]
) -> None:
    reading = Reading(path, "photo", text, status, confidence, reasons=tuple(reasons))  # type: ignore[arg-type]
    assert FORMATS["jsonl"].lines(path, reading).count("\n") == 1
    if not set("\r\n") & set("".join([path, *reasons])):  # names may hold line ends, and csv then quotes them
        assert FORMATS["csv"].lines(path, reading).count("\n") == 1
        assert FORMATS["text"].lines(path, reading).count("\n") == 1


FLAGS = "--kind --format --workers --labels --report --annotate --model --known --all --barcodes --no-priors --help"
VALUES = "photo glyph csv jsonl 0 -1 2 here here/a.png here/broken.jpg gone.png out"
WORDS = st.one_of(
    st.sampled_from(FLAGS.split()),
    st.sampled_from(VALUES.split()),
    st.text(st.characters(exclude_characters="\0/.", exclude_categories=["Cs"]), max_size=6),  # and no other folder
)


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with tempfile.TemporaryDirectory() as name:
        cv2.imwrite(str(Path(name) / "a.png"), np.zeros((20, 60), np.uint8))
        (Path(name) / "broken.jpg").write_bytes(b"\xff\xd8\xff")
        yield Path(name)


@given(st.lists(WORDS, min_size=1, max_size=6))
def test_no_command_line_ends_in_a_traceback(folder: Path, words: list[str]) -> None:
    with tempfile.TemporaryDirectory() as empty, contextlib.chdir(empty):
        argv = ["read", *(word.replace("here", str(folder)) for word in words)]
        said = io.StringIO()
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(said):
            assert main(argv, NameReader) in (0, 1, 2)
        assert "Traceback" not in said.getvalue()
    assert sorted(os.listdir(folder)) == ["a.png", "broken.jpg"]
