"""Every uncertain reading says what to look at."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from lines import VIN, line

from vinchar.bundle import Confidence
from vinchar.decide import TWO_ROWS, UPSIDE_DOWN, Decision, Line, vin_features
from vinchar.doubts import FAINT, doubts
from vinchar.vin import ALPHABET

WEIGHTS = Confidence((3.0, 1.0, -1.0, -5.0, -1.5, -1.5, 1.0), (0.0,) * 6, 0.8, 0.8, 0.5, 0.8)
OTHER = "WVWZZZ1JZ3W386752"


def said(*lines: tuple[Line, float], right: float = 1.0, warmth: float = 0.0) -> tuple[str, ...]:
    """Why the first of the lines, each with its probability of being the VIN, is not sure."""
    found, likely = [one for one, _ in lines], [chance for _, chance in lines]
    features = np.array([vin_features(one, warmth) for one in found])
    chances = tuple(chance * right for chance in likely)
    decision = Decision(tuple(found), chances, tuple(likely), (0.0,) * len(lines), features, ok=0.8)
    return doubts(decision, found[0], chances[0], WEIGHTS)


def test_characters_in_doubt_are_named_with_what_else_they_could_be() -> None:
    assert said((line(weak={4: "N", 16: "7"}), 1.0), right=0.7) == (
        "character 5 could be M or N",
        "character 17 could be 2 or 7",
    )


def test_where_none_is_in_doubt_by_itself_the_weakest_is_named() -> None:
    one = line()
    one.posterior.marginals[5, :] = 0.0
    one.posterior.marginals[5, [ALPHABET.index(char) for char in "8B"]] = 0.95, 0.05
    assert said((one, 1.0), right=0.7) == ("character 6 could be 8 or B",)


def test_doubtful_all_over_is_one_sentence_not_seventeen() -> None:
    weak = {place: "Z" if char != "Z" else "2" for place, char in enumerate(VIN)}
    assert said((line(weak=weak), 1.0), right=0.5) == ("most of its characters are hard to read",)


def test_another_view_of_the_line_names_the_characters_that_it_reads_otherwise() -> None:
    assert said((line(), 0.5), (line(VIN[:-1] + "7"), 0.5)) == ("character 17 could be 2 or 7",)


def test_another_view_that_is_shifted_is_said_as_such() -> None:
    shifted = "X" + VIN[:-1]
    assert said((line(), 0.5), (line(shifted), 0.4)) == (
        f"cut in another way it reads {shifted}: check where it begins and ends",
    )


def test_another_text_that_could_be_the_vin_is_named() -> None:
    (reason,) = said((line(), 0.6), (line(OTHER, y=600), 0.3))
    assert reason.startswith(f"{OTHER} in the same picture could be the VIN as well")


@pytest.mark.parametrize(
    ("one", "warmth", "reason"),
    [
        (line(likeness=-20.0), 0.0, "unlike the VINs that are known"),
        (line(likeness=23.0), -2.3, "looks like other print"),
        (line(likeness=23.0, beyond=2.0), 0.0, "more characters follow"),
        (line(likeness=23.0, steps=(20.0,) * 8 + (50.0,) + (15.0,) * 7), 0.0, "wide gap"),
        (line(likeness=23.0, look=UPSIDE_DOWN), 0.0, "upside down"),
        (line(likeness=23.0, look=TWO_ROWS), 0.0, "two rows"),
        (line(likeness=20.0, log_likelihood=-60.0), 0.0, FAINT),
    ],
)
def test_what_speaks_most_against_a_line_is_said(one: Line, warmth: float, reason: str) -> None:
    (only,) = said((one, 0.3), warmth=warmth)
    assert reason in only


def test_a_check_digit_that_does_not_fit_is_added() -> None:
    wrong = VIN[:8] + "4" + VIN[9:]
    assert said((line(wrong, weak={4: "N"}), 1.0), right=0.5) == (
        "character 5 could be M or N",
        "the check digit does not fit: check every character",
    )


def test_both_kinds_of_doubt_are_said() -> None:
    reasons = said((line(weak={4: "N"}, likeness=-20.0), 0.5), right=0.6)
    assert reasons == ("character 5 could be M or N", "it is unlike the VINs that are known: check that it is one")


def test_two_small_doubts_that_only_together_are_one_too_many_are_said() -> None:
    assert said((line(weak={4: "N"}), 0.88), right=0.9) == ("character 5 could be M or N",)


def test_a_line_asked_by_itself_has_no_rivals_elsewhere() -> None:
    found = (line(likeness=-20.0), line(OTHER, y=600))
    features = np.array([vin_features(one, 0.0) for one in found])
    decision = Decision(found, (0.3, 0.6), (0.3, 0.6), (0.0, 0.0), features, ok=0.8)
    (reason,) = doubts(decision, found[0], 0.7, WEIGHTS)
    assert OTHER not in reason
    sure = replace(decision, ok=0.99)
    assert doubts(sure, found[0], 0.7, WEIGHTS)
