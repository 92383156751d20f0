"""One decision: what speaks for a line, how lines compete with each other and with none, what is settled."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from lines import VIN, line, posterior, reading
from numpy.typing import NDArray

from vinchar.bundle import WEIGHTS, Confidence
from vinchar.decide import TWO_ROWS, UPSIDE_DOWN, Decision, Judge, dissent, right_features, same_place, vin_features
from vinchar.posterior import Priors
from vinchar.structure.store import shipped
from vinchar.vin import ALPHABET

OTHER, THIRD = "WVWZZZ1JZ3W386752", "JTDKB20U093498123"
EVIDENCE = Confidence(
    (2.0, 0, 0, 0, 0, 0, 0.0),
    (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 30.0),
    threshold=0.8,
    glyph_threshold=0.7,
    glyph_least=0.5,
    settled=0.8,
)


def cold(centres: NDArray[np.float32]) -> float:
    return 0.0


def decide(*lines: object, confidence: Confidence = EVIDENCE) -> Decision:
    return Judge(Priors(), shipped(), confidence).decide(lines, cold)  # type: ignore[arg-type]


def test_the_probabilities_of_all_lines_and_of_none_sum_to_one() -> None:
    decision = decide(line(VIN, 8.0), line(OTHER, 3.0, y=400), line(THIRD, -7.0, y=600))
    assert [one.vin for one in decision.lines] == [VIN, OTHER, THIRD]
    weights = np.exp(np.array([1.0, 0.0, -2.0]))  # a fifth of path (-3) and likeness
    np.testing.assert_allclose(decision.likely, weights / (1 + weights.sum()), rtol=1e-6)
    assert decision.chances == pytest.approx(decision.likely)  # if it is the VIN, it is read right
    assert decision.odds == pytest.approx((1.0, 0.0, -2.0))


def test_a_rival_makes_the_best_less_sure_and_another_view_of_the_same_string_does_not() -> None:
    alone = decide(line(VIN, 23.0))
    assert decide(line(VIN, 23.0), line(VIN, 22.0), line(VIN, 22.0, y=400)).chance == pytest.approx(alone.chance)
    assert decide(line(VIN, 23.0), line(OTHER, 22.0, y=400)).chance < 0.6 < alone.chance


def test_views_of_one_line_that_disagree_leave_it_settled_but_not_ok() -> None:
    """Two readings of one place: that it is the VIN is sure, which of them is right is not."""
    misread = VIN[:4] + "9998" + VIN[8:]
    decision = decide(line(VIN, 23.0), line(misread, 22.5))
    assert decision.is_settled
    assert not decision.is_ok
    elsewhere = decide(line(VIN, 23.0), line(misread, 22.5, y=400))
    assert not elsewhere.is_settled


def test_nothing_is_decided_of_nothing() -> None:
    decision = decide()
    assert (decision.best, decision.chance, decision.is_ok, decision.is_settled) == (None, 0.0, False, False)
    assert decision.leaders(3) == {}
    assert decision.each() == []


def test_what_is_surely_the_vin_is_settled_and_what_is_surely_right_is_ok() -> None:
    sure, doubtful = line(VIN, 30.0), line(VIN, 30.0, confidence=0.5)
    right = replace(EVIDENCE, right=(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0))
    assert decide(sure, confidence=right).is_ok
    decision = decide(doubtful, confidence=right)
    assert decision.is_settled
    assert not decision.is_ok
    likely = decision.likely[0]
    for bound, settled in ((likely - 0.01, True), (likely + 0.001, False)):
        assert decide(doubtful, confidence=replace(right, settled=bound)).is_settled == settled


def test_leaders_are_the_best_views_of_different_lines() -> None:
    lines = [line(VIN, 20.0), line(THIRD, 19.0), line(OTHER, 18.0, y=400), line(OTHER[:-1] + "1", 17.0, y=700)]
    decision = decide(*lines)
    assert [one.vin for one in decision.leaders(9)] == [VIN, OTHER]  # the third is at the place of the first
    assert decision.leaders(9) == {lines[0]: decision.odds[0], lines[2]: decision.odds[2]}
    assert list(decision.leaders(1)) == lines[:1]


def test_where_a_picture_may_show_several_each_line_competes_with_none_alone() -> None:
    decision = decide(line(VIN, 23.0), line(OTHER, 23.0, y=400), line(THIRD, -20.0, y=600))
    assert not decision.is_ok
    each = decision.each()
    assert {one.vin for one, _ in each} == {VIN, OTHER}
    assert all(chance == pytest.approx(1 / (1 + math.exp(-4))) for _, chance in each)


def test_what_speaks_for_a_line_and_against_it() -> None:
    plain = vin_features(line(), -0.5)
    np.testing.assert_allclose(plain, [1.7, -0.5, 0, 0, 0, 0, 1])
    longer = vin_features(line(beyond=0.8), -0.5)
    assert longer[2] == pytest.approx(0.8)
    gap = vin_features(line(steps=(20.0,) * 8 + (50.0,) + (20.0,) * 7), -0.5)
    assert gap[3] == pytest.approx(1.0)
    assert vin_features(line(look=UPSIDE_DOWN), 0.0)[4:6].tolist() == [1, 0]
    assert vin_features(line(look=TWO_ROWS), 0.0)[4:6].tolist() == [0, 1]
    assert len(plain) == WEIGHTS["vin"]
    assert len(right_features(line())) == WEIGHTS["right"]


@pytest.mark.parametrize("likeness", [-1e9, 1e9])
@pytest.mark.parametrize("extreme", [{"log_likelihood": -1e9}, {"confidence": 1.0}, {"beyond": 99.0}])
def test_features_are_bounded(likeness: float, extreme: dict[str, float]) -> None:
    one = line(likeness=likeness, **extreme)
    for values in (vin_features(one, -99.0), right_features(one)):
        assert np.isfinite(values).all()
        assert np.abs(values).max() < 25
    many = Confidence((9.0,) * 7, (9.0,) * 7, threshold=0.8, glyph_threshold=0.7, glyph_least=0.5, settled=0.8)
    assert 0 <= decide(one, confidence=many).chance <= 1


def test_a_surer_posterior_is_surer_to_be_right() -> None:
    told = replace(EVIDENCE, right=(1.0, 0.0, 0.0, 0.0, 0.0, 0.0, -2.0))
    chances = [decide(line(VIN, 30.0, confidence=c), confidence=told).chance for c in (0.5, 0.9, 0.99)]
    assert chances == sorted(chances)
    assert chances[1] == pytest.approx(decide(line(VIN, 30.0)).chance / (1 + math.exp(2 - math.log(10))), rel=1e-6)


def test_lines_below_each_other_are_different_and_views_of_one_are_not() -> None:
    quads = line().quads
    assert same_place(quads, line(x=110, y=204).quads)
    assert same_place(quads, quads[::-1])  # seen upside down
    assert not same_place(quads, line(y=240).quads)
    assert not same_place(quads, line(x=460).quads)


def test_the_outline_has_some_margin_round_every_glyph() -> None:
    one = line()
    outline, glyphs = one.outline(), one.quads.reshape(-1, 2)
    assert outline.shape == (68, 2)
    grown = np.concatenate([glyphs.min(0) - outline.min(0), outline.max(0) - glyphs.max(0)])
    np.testing.assert_allclose(grown, [0.25 * 18, 0.15 * 26] * 2, rtol=0.01)


def test_a_reading_is_weighed_with_what_is_known_of_vins() -> None:
    seen = reading()
    seen.log_likelihoods[0, np.arange(17), [ALPHABET.index(char) for char in VIN]] = -0.01
    plain = Judge(Priors(), shipped(), EVIDENCE).weigh(seen, "likeliest lines")
    known = Judge(Priors(shipped().structure), shipped(), EVIDENCE).weigh(seen, "likeliest lines")
    assert plain.look == known.look == "likeliest lines"
    assert plain.likeness == pytest.approx(shipped().likeness(plain.vin))
    assert known.posterior.log_prior != plain.posterior.log_prior
    assert posterior().strings[0][0] == VIN


def test_the_expert_that_is_least_for_a_reading_says_how_much_is_against_it() -> None:
    one = line()
    assert dissent(one) == 0  # it saw nothing better than anything
    spelled = [ALPHABET.index(char) for char in VIN]
    agrees, differs = np.full((2, 1, 17, 33), -6.0, np.float32)
    agrees[0, np.arange(17), spelled] = 0
    differs[0, np.arange(17), spelled] = 0
    differs[0, 3, [spelled[3], ALPHABET.index("Z")]] = -2.5, -0.1
    both = replace(one, reading=replace(one.reading, each=np.stack([agrees, differs])))
    assert dissent(both) == pytest.approx(2.4)
    assert right_features(both)[5] == pytest.approx(np.log1p(2.4))
    alone = replace(one, reading=replace(one.reading, each=agrees[None]))
    assert right_features(alone)[5] == 0
