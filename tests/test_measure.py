"""The confidence: how it is fitted, where it calls a reading ok, and on what it is checked."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.bundle import FEATURES
from vinchar.training import measure
from vinchar.training.measure import REPORTED, RISK, UNFITTED, fit_confidence
from vinchar.vin import is_plausible


def readings(count: int, seed: int = 0) -> tuple[list[NDArray[np.float64] | None], NDArray[np.bool_]]:
    """Features of which one tells how likely a reading is right, and whether it is."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 1, (count, FEATURES))
    rows[:, 0] *= 3
    rows[:, -1] = 1
    right = rng.random(count) < 1 / (1 + np.exp(-2 * rows[:, 0] - 1))
    return list(rows), right


def test_the_fit_finds_what_the_chance_depends_on() -> None:
    known, right = readings(6000)
    confidence, check = fit_confidence(known, right)
    weights = np.array(confidence["weights"])
    assert weights[0] == pytest.approx(2, abs=0.2)
    assert weights[-1] == pytest.approx(1, abs=0.2)
    assert np.abs(weights[1:-1]).max() < 0.2
    assert check["calibration_error"] < 0.03
    assert check["ok_right"] == pytest.approx(1 - RISK, abs=0.01)


def test_from_the_threshold_on_few_are_wrong_in_rows_never_seen() -> None:
    confidence, check = fit_confidence(*readings(4000))
    known, right = readings(20_000, seed=1)
    rows = np.array(known)
    ok = 1 / (1 + np.exp(-rows @ np.array(confidence["weights"]))) >= confidence["threshold"]
    assert 1 - right[ok].mean() == pytest.approx(RISK, abs=0.008)
    assert ok.mean() == pytest.approx(check["ok"], abs=0.06)


def test_lines_not_found_are_left_out_and_nothing_is_fitted_on_nothing() -> None:
    known, right = readings(1000)
    gaps: list[NDArray[np.float64] | None] = [None] * 2
    one, _ = fit_confidence(known, right)
    other, _ = fit_confidence([*gaps, *known], np.concatenate([[False, True], right]))
    assert one == other
    assert fit_confidence(known, np.zeros(1000, bool)) == (UNFITTED, {})
    assert fit_confidence(gaps, np.zeros(2, bool)) == (UNFITTED, {})


@pytest.mark.parametrize("count", [10, 3 * REPORTED])
def test_no_confidence_is_fitted_on_the_scenes_of_the_report(count: int) -> None:
    texts = ["1HGCM82633A004352" if i % 2 else "ABCDEFGHJKLMNPRST" for i in range(count)]
    kept, fitted = measure._vin_like(texts)
    assert not set(kept) & set(fitted)
    assert sorted(kept + fitted) == [i for i, text in enumerate(texts) if is_plausible(text)]
    assert len(kept) == min(REPORTED, count // 4)
