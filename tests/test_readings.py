"""From an assembly to a reading: probability, status, reasons, facts."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from vinchar.assemble import Assembly
from vinchar.bundle import Confidence
from vinchar.readings import (
    READABLE,
    RIGHT_FEATURES,
    VIN_FEATURES,
    features,
    glyph_reading,
    no_vin,
    probability,
    vin_reading,
)
from vinchar.types import Lattice, Strip
from vinchar.vin import ALPHABET

VIN = "1HGCM82633A004352"
SURE = Confidence((0.0, 30.0), (1.0, 0.0, 0.0, -2.0), threshold=0.8, glyph_threshold=0.7)


def assembly(vin: str = VIN, weak: dict[int, str] | None = None) -> Assembly:
    """Every character is read with 0.98, but those at the places (from 0) of ``weak`` with 0.6 against its one."""
    marginals = np.full((17, 33), 0.02 / 32, np.float32)
    for place, char in enumerate(vin):
        marginals[place, ALPHABET.index(char)] = 0.98
    for place, other in (weak or {}).items():
        marginals[place] = 0.0
        marginals[place, ALPHABET.index(vin[place])] = 0.6
        marginals[place, ALPHABET.index(other)] = 0.4
    arcs, seen = np.arange(17, dtype=np.int32), np.log(np.maximum(marginals, 1e-6))
    alternatives = (("1HGCM82633A004353", 0.05),)
    return Assembly(vin, 0.9, -3.0, -25.0, arcs, seen, marginals, 2.0, alternatives, 20.0, 0.05)


def strip_and_lattice() -> tuple[Strip, Lattice]:
    """A strip that is the part of the photo from (100, 200) on, with glyph i at columns 30 + 20 i to 48 + 20 i."""
    columns = np.arange(401, dtype=np.float32) + 100
    edges = np.stack([np.stack([columns, np.full_like(columns, y)], 1) for y in (200, 240)])
    left = 30 + 20 * np.arange(17)
    boxes = np.stack([left, np.full(17, 7), left + 18, np.full(17, 33)], 1).astype(np.int32)
    cuts = np.arange(30, 372, 20).astype(np.int32)
    arcs = np.stack([np.arange(17), np.arange(1, 18)], 1).astype(np.int32)
    return Strip(np.zeros((40, 400), np.uint8), edges), Lattice(cuts, arcs, boxes, np.zeros(17, np.float32))


def read(found: Assembly, chance: float = 0.9):  # type: ignore[no-untyped-def]
    return vin_reading(*strip_and_lattice(), found, chance, "strip", SURE)


def test_probability_is_that_of_a_vin_times_that_of_reading_it_right() -> None:
    values = features(assembly(), 20.0)
    assert values[-1] == 1
    odds = -math.log(0.1) - 2.0
    assert probability(assembly(), 20.0, SURE) == pytest.approx(1 / (1 + math.exp(-odds)), abs=1e-6)
    assert probability(assembly(), 20.0, replace(SURE, vin=(0.0, 0.0))) == pytest.approx(0.5 / (1 + math.exp(-odds)))
    surer = replace(assembly(), confidence=0.99)
    assert probability(surer, 20.0, SURE) > probability(assembly(), 20.0, SURE)


def test_what_is_more_like_other_text_is_less_sure_however_well_it_reads() -> None:
    told = Confidence((2.0, 0.0), (0.0, 0.0, 0.0, 9.0), threshold=0.8, glyph_threshold=0.7)
    chances = [probability(assembly(), likeness, told) for likeness in (-99.0, -20.0, 3.0, 20.0, 99.0)]
    assert chances == sorted(chances)
    assert chances[2] == pytest.approx(0.5, abs=1e-3)  # the path's score is -3
    assert chances[0] < 0.05 < 0.85 < chances[-1]


@pytest.mark.parametrize(
    "extreme", [{"confidence": 1.0}, {"log_likelihood": -1e9}, {"margin": -1e9}, {"pitch_residual": 99.0}]
)
@pytest.mark.parametrize("likeness", [-1e9, 1e9])
def test_features_are_bounded(extreme: dict[str, float], likeness: float) -> None:
    found = replace(assembly(), **extreme)  # type: ignore[arg-type]
    values = features(found, likeness)
    assert np.isfinite(values).all()
    assert np.abs(values).max() < 25
    assert set(VIN_FEATURES) | set(RIGHT_FEATURES) == set(range(len(values)))
    many = Confidence((9.0,) * len(VIN_FEATURES), (9.0,) * len(RIGHT_FEATURES), threshold=0.8, glyph_threshold=0.7)
    assert 0 <= probability(found, likeness, many) <= 1


def test_a_sure_reading() -> None:
    reading = read(assembly())
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
    first = read(assembly(weak={0: "J"})).characters[0]
    assert first.alternatives[0] == ("J", pytest.approx(0.4))
    assert "1" not in [char for char, _ in first.alternatives]
    chances = [chance for _, chance in first.alternatives]
    assert chances == sorted(chances, reverse=True)


def test_an_uncertain_reading_says_which_characters_are_in_doubt() -> None:
    reading = read(assembly(weak={4: "N", 16: "7"}), chance=0.79)
    assert reading.status == "uncertain"
    assert reading.reasons == ("character 5 could be M or N", "character 17 could be 2 or 7")
    assert reading.vin == VIN


def test_an_uncertain_reading_says_that_the_check_digit_does_not_fit() -> None:
    wrong = VIN[:8] + "4" + VIN[9:]
    reading = read(assembly(wrong), chance=0.5)
    assert reading.check_digit == "invalid"
    assert reading.reasons == ("the check digit does not fit",)


def test_a_reading_doubtful_all_over_has_one_reason_not_seventeen() -> None:
    weak = {place: "Z" if char != "Z" else "2" for place, char in enumerate(VIN)}
    assert read(assembly(weak=weak), chance=0.5).reasons == ("most of it is hard to read",)


def test_an_uncertain_reading_always_has_a_reason() -> None:
    assert read(assembly(), chance=0.5).reasons == ("the line is hard to read as a whole",)


@pytest.mark.parametrize(("chance", "status"), [(0.8, "ok"), (0.799, "uncertain"), (READABLE, "uncertain")])
def test_the_threshold_parts_sure_from_uncertain(chance: float, status: str) -> None:
    assert read(assembly(), chance).status == status


def test_what_is_hardly_ever_right_is_not_found() -> None:
    reading = read(assembly(), READABLE / 2)
    assert (reading.vin, reading.status, reading.characters) == (None, "not_found", ())
    assert reading.to_dict() == no_vin("strip").to_dict()
    assert reading.reasons == ("no VIN found",)


def test_a_glyph() -> None:
    chances = np.full(33, 0.1 / 31, np.float32)
    chances[ALPHABET.index("Z")], chances[ALPHABET.index("2")] = 0.85, 0.05
    reading = glyph_reading(np.log(chances), (40, 30), SURE)
    assert (reading.vin, reading.status, reading.kind) == ("Z", "ok", "glyph")
    assert reading.confidence == pytest.approx(0.85, abs=0.01)
    np.testing.assert_array_equal(reading.characters[0].quad, [[0, 0], [30, 0], [30, 40], [0, 40]])
    assert reading.alternatives[0][0] == "2"
    assert reading.reasons == ()


def test_a_doubtful_glyph_says_what_else_it_could_be() -> None:
    chances = np.full(33, 1e-6, np.float32)
    for char, chance in {"Z": 0.6, "2": 0.3, "7": 0.1}.items():
        chances[ALPHABET.index(char)] = chance
    reading = glyph_reading(np.log(chances), (28, 28), SURE)
    assert reading.status == "uncertain"
    assert reading.reasons == ("could also be 2 or 7",)


def test_a_list_that_decided_is_named() -> None:
    other = VIN[:-1] + "3"
    for chance, reasons in ((0.9, 1), (0.5, 2)):
        reading = read(replace(assembly(), unlisted=other), chance)
        assert (reading.vin, reading.without_list) == (VIN, other)
        assert reading.reasons[-1] == f"your list of VINs decided: without it this reads {other}"
        assert len(reading.reasons) == reasons
    assert read(assembly()).without_list is None
