"""Readings of one picture against each other."""

from __future__ import annotations

from dataclasses import replace

from test_readings import VIN, assembly, strip_and_lattice

from vinchar.found import UNLIKE, Found

TEXT = "ANDTHEFTPREVENTXN"


def found(vin: str, log_score: float) -> Found:
    return Found(*strip_and_lattice(), replace(assembly(vin), log_score=log_score), probability=0.5)


def test_of_two_vins_the_one_with_the_better_path_ranks_higher() -> None:
    assert found(VIN, -3.0).rank > found(VIN, -4.0).rank


def test_other_text_must_read_much_better_to_rank_higher_than_a_vin() -> None:
    assert found(TEXT, -1.0).rank < found(VIN, -1.0 - UNLIKE / 2).rank
    assert found(TEXT, -1.0).rank > found(VIN, -1.0 - 2 * UNLIKE).rank
