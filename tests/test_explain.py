"""From a line to a reading: status, reasons, facts."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lines import VIN, line

from vinchar.bundle import Confidence
from vinchar.decide import Decision, Line, vin_features
from vinchar.explain import READABLE, glyph_reading, no_vin, vin_reading
from vinchar.reading import Reading
from vinchar.vin import ALPHABET

SURE = Confidence((0.0,) * 7, (0.0,) * 6, threshold=0.8, glyph_threshold=0.7, glyph_least=0.5, settled=0.8)


def read(found: Line, chance: float = 0.9) -> Reading:
    """Read a line that is the only one, surely the VIN, and right with probability ``chance``."""
    decision = Decision((found,), (chance,), (1.0,), (5.0,), vin_features(found, 0.0)[None], ok=SURE.threshold)
    return vin_reading(found, decision, chance, "strip", SURE)


def test_a_sure_reading() -> None:
    reading = read(line())
    assert (reading.vin, reading.status, reading.confidence, reading.kind) == (VIN, "ok", 0.9, "strip")
    assert reading.check_digit == "valid"
    assert (reading.region, reading.maker) == ("North America", "Honda")
    assert 2003 in reading.model_year
    assert reading.reasons == ()
    assert [c.char for c in reading.characters] == list(VIN)
    assert reading.characters[0].confidence == pytest.approx(0.98)
    np.testing.assert_allclose(reading.characters[2].quad, [[170, 207], [188, 207], [188, 233], [170, 233]])
    assert reading.alternatives == (("1HGCM82633A004353", pytest.approx(0.045)),)


def test_runners_up_are_best_first_and_never_the_character_itself() -> None:
    first = read(line(weak={0: "J"})).characters[0]
    assert first.alternatives[0] == ("J", pytest.approx(0.4))
    assert "1" not in [char for char, _ in first.alternatives]
    chances = [chance for _, chance in first.alternatives]
    assert chances == sorted(chances, reverse=True)


@pytest.mark.parametrize(("chance", "status"), [(0.8, "ok"), (0.799, "uncertain"), (READABLE, "uncertain")])
def test_the_threshold_parts_sure_from_uncertain(chance: float, status: str) -> None:
    assert read(line(), chance).status == status


def test_what_is_hardly_ever_right_is_not_found() -> None:
    reading = read(line(), READABLE / 2)
    assert (reading.vin, reading.status, reading.characters) == (None, "not_found", ())
    assert reading.to_dict() == no_vin("strip").to_dict()
    assert reading.reasons[0].startswith("no VIN found")


def test_a_glyph() -> None:
    chances = np.full(34, 0.1 / 31, np.float32)
    chances[-1] = 1e-6
    chances[ALPHABET.index("Z")], chances[ALPHABET.index("2")] = 0.85, 0.05
    reading = glyph_reading(np.log(chances), (40, 30), SURE)
    assert (reading.vin, reading.status, reading.kind) == ("Z", "ok", "glyph")
    assert reading.confidence == pytest.approx(0.85, abs=0.01)
    np.testing.assert_array_equal(reading.characters[0].quad, [[0, 0], [30, 0], [30, 40], [0, 40]])
    assert reading.alternatives[0][0] == "2"
    assert reading.reasons == ()


def test_a_doubtful_glyph_says_what_else_it_could_be() -> None:
    chances = np.full(34, 1e-6, np.float32)
    for char, chance in {"Z": 0.6, "2": 0.3, "7": 0.1}.items():
        chances[ALPHABET.index(char)] = chance
    reading = glyph_reading(np.log(chances), (28, 28), SURE)
    assert reading.status == "uncertain"
    assert reading.reasons == ("could also be 2 or 7",)


def test_a_list_that_decided_is_named() -> None:
    other = VIN[:-1] + "3"
    for chance, reasons in ((0.9, 1), (0.5, 2)):
        reading = read(line(unlisted=other), chance)
        assert (reading.vin, reading.without_list) == (VIN, other)
        assert reading.reasons[-1] == f"your list of VINs decided: without it this reads {other}"
        assert len(reading.reasons) == reasons
    assert read(line()).without_list is None


@pytest.mark.parametrize(("none", "status"), [(0.49, "uncertain"), (0.51, "not_found")])
def test_what_is_hardly_a_glyph_is_none(none: float, status: str) -> None:
    chances = np.full(34, 1e-6, np.float32)
    chances[ALPHABET.index("Z")], chances[ALPHABET.index("2")], chances[-1] = 0.5 - none / 2, 0.5 - none / 2, none
    reading = glyph_reading(np.log(chances), (28, 28), SURE)
    assert reading.status == status
    if status == "not_found":
        assert (reading.vin, reading.characters, reading.reasons) == (None, (), ("no character found",))
    else:
        assert reading.confidence == pytest.approx(0.5, abs=0.01)


def test_a_glyph_that_nothing_rivals_says_so_where_more_is_asked_for() -> None:
    chances = np.full(34, 1e-6, np.float32)
    chances[ALPHABET.index("Z")] = 1 - 33e-6
    reading = glyph_reading(np.log(chances), (28, 28), replace(SURE, glyph_threshold=1.0))
    assert reading.status == "uncertain"
    assert reading.reasons == ("no other character is likely, but it is less sure than you ask for",)
