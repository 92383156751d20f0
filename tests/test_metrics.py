from __future__ import annotations

import numpy as np
import pytest

from vinchar.evaluation import metrics
from vinchar.vin import ALPHABET

TRUE, ONE_OFF, SHORT = "1HGCM82633A004352", "1HGCM82633A004852", "1HGCM82633A00435"


@pytest.mark.parametrize(
    ("a", "b", "edits"), [("", "", 0), ("", "ABC", 3), ("KITTEN", "SITTING", 3), ("AB", "BA", 2), ("1HG", "1HG", 0)]
)
def test_edit_distance(a: str, b: str, edits: int) -> None:
    assert metrics.edit_distance(a, b) == metrics.edit_distance(b, a) == edits


def test_a_picture_without_a_reading_costs_all_of_its_characters() -> None:
    truths, readings = [TRUE] * 4, [TRUE, ONE_OFF, SHORT, None]
    assert metrics.exact_match(truths, readings) == 0.25
    assert metrics.character_error_rate(truths, readings) == pytest.approx((0 + 1 + 1 + 17) / (4 * 17))


def test_position_accuracy_counts_another_length_as_wrong_everywhere() -> None:
    accuracy = metrics.position_accuracy([TRUE] * 4, [TRUE, ONE_OFF, SHORT, None])
    expected = np.full(17, 0.5)
    expected[TRUE.index("352")] = 0.25
    np.testing.assert_array_equal(accuracy, expected)


def test_position_accuracy_of_mixed_lengths_divides_by_what_is_there() -> None:
    np.testing.assert_array_equal(metrics.position_accuracy(["AB", "C"], ["AX", "C"]), [1.0, 0.0])


def test_character_pairs_come_from_readings_of_the_line_alone() -> None:
    y_true, y_pred = metrics.character_pairs([TRUE] * 4, [ONE_OFF, SHORT, None, TRUE[1:] + TRUE[0]])
    assert "".join(y_true) == TRUE
    assert "".join(y_pred) == ONE_OFF


@pytest.mark.parametrize(("wrong", "expected"), [(8, True), (9, False)])
def test_a_reading_that_is_half_wrong_is_of_another_line(wrong: int, expected: bool) -> None:
    assert metrics.is_comparable(TRUE, "Z" * wrong + TRUE[wrong:]) == expected


def test_a_single_wrong_character_is_comparable() -> None:
    assert metrics.character_pairs(["8"], ["B"]) == (["8"], ["B"])


def test_classification_rows_and_confusion_by_hand() -> None:
    y_true, y_pred = list("AAAB5"), list("AAB55")
    rows = {row["class"]: row for row in metrics.classification_rows(y_true, y_pred, ALPHABET)}
    assert [row["class"] for row in metrics.classification_rows(y_true, y_pred, ALPHABET)] == list(ALPHABET)
    assert rows["A"] == {"class": "A", "precision": 1.0, "recall": pytest.approx(2 / 3), "f1": 0.8, "support": 3}
    assert rows["5"] == {"class": "5", "precision": 0.5, "recall": 1.0, "f1": pytest.approx(2 / 3), "support": 1}
    assert rows["Z"]["support"] == rows["Z"]["recall"] == 0
    matrix = metrics.confusion(y_true, y_pred, ALPHABET)
    assert matrix.shape == (33, 33)
    assert matrix.sum() == 5
    assert matrix[ALPHABET.index("A"), ALPHABET.index("B")] == 1  # rows are true
    assert matrix[ALPHABET.index("B"), ALPHABET.index("A")] == 0


def test_nothing_to_score_is_no_error() -> None:
    assert metrics.confusion([], [], ALPHABET).sum() == 0
    assert len(metrics.classification_rows([], [], ALPHABET)) == 33
    for value in (
        metrics.exact_match([], []),
        metrics.character_error_rate([], []),
        metrics.expected_calibration_error([], []),
        metrics.area_under_risk_coverage([], []),
        metrics.binomial_interval(0, 0)[0],
    ):
        assert np.isnan(value)


def test_foreign_classes_and_unequal_lengths_are_refused() -> None:
    with pytest.raises(ValueError, match=r"\['I'\]"):
        metrics.confusion(["I"], ["1"], ALPHABET)
    with pytest.raises(ValueError, match="got 1 readings for 2 truths"):
        metrics.exact_match([TRUE, TRUE], [TRUE])
    with pytest.raises(ValueError, match="outside 0 to 1"):
        metrics.risk_coverage([1.5], [True])
    with pytest.raises(ValueError, match="outside 0 to 1"):
        metrics.expected_calibration_error([float("nan")], [True])


def test_calibration_error_by_hand() -> None:
    confidence, correct = [0.95, 0.95, 0.55, 0.55, 1.0], [True, False, True, False, True]
    # Two bins: 0.9 to 1 with mean (0.95 + 0.95 + 1) / 3 and 2 of 3 right; 0.5 to 0.6 with 0.55 and 1 of 2 right.
    expected = 0.6 * abs(2.9 / 3 - 2 / 3) + 0.4 * 0.05
    assert metrics.expected_calibration_error(confidence, correct) == pytest.approx(expected)
    assert metrics.reliability(confidence, correct)[2].tolist() == [2, 3]


def test_an_honest_confidence_has_a_small_calibration_error() -> None:
    random = np.random.default_rng(7)
    confidence = random.random(20_000)
    correct = random.random(20_000) < confidence
    assert metrics.expected_calibration_error(confidence, correct) < 0.02
    assert metrics.expected_calibration_error(confidence**3, correct) > 0.2


def test_risk_coverage_by_hand() -> None:
    coverage, risk = metrics.risk_coverage([0.2, 0.9, 0.6, 0.4], [False, True, False, True])
    np.testing.assert_allclose(coverage, [0.25, 0.5, 0.75, 1.0])
    np.testing.assert_allclose(risk, [0.0, 1 / 2, 1 / 3, 1 / 2])
    assert metrics.area_under_risk_coverage([0.2, 0.9, 0.6, 0.4], [False, True, False, True]) == pytest.approx(1 / 3)


def test_risk_coverage_does_not_hang_on_the_order_of_equals() -> None:
    one = metrics.risk_coverage([0.5, 0.5, 0.9], [True, False, True])[1]
    other = metrics.risk_coverage([0.5, 0.9, 0.5], [False, True, True])[1]
    np.testing.assert_allclose(one, other)
    np.testing.assert_allclose(metrics.risk_coverage([0.5] * 4, [True, True, False, True])[1], [0.25] * 4)


@pytest.mark.parametrize(
    ("right", "n", "expected"), [(70, 100, (0.6042, 0.7811)), (3, 3, (0.4385, 1.0)), (0, 1, (0.0, 0.7935))]
)
def test_binomial_interval_is_wilsons(right: int, n: int, expected: tuple[float, float]) -> None:
    z, share = 1.959964, right / n
    middle, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    by_hand = (middle - half) / (1 + z * z / n), (middle + half) / (1 + z * z / n)
    assert metrics.binomial_interval(right, n) == pytest.approx(by_hand, abs=1e-6)
    assert metrics.binomial_interval(right, n) == pytest.approx(expected, abs=1e-4)


def test_share_right_by_range_by_hand() -> None:
    rows = metrics.share_right_by([1, 2, 2.5, 9, 50], [True, False, True, True, False], (0, 2, 4, 8, 20))
    assert rows == [
        {"from": 0, "to": 2, "n": 1, "share_right": 1.0},
        {"from": 2, "to": 4, "n": 2, "share_right": 0.5},
        {"from": 8, "to": 20, "n": 1, "share_right": 1.0},  # nothing from 4 to 8, and 50 is beyond the last edge
    ]
    with pytest.raises(ValueError, match=r"values \(2,\) and correct \(1,\)"):
        metrics.share_right_by([1, 2], [True], (0, 2))
