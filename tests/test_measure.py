"""The confidence: how it is fitted, where it calls a reading ok, and on what it is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.bundle import FEATURES
from vinchar.training import measure
from vinchar.training.cache import SceneCache
from vinchar.training.confidence import RISK, UNFITTED, fit_confidence
from vinchar.training.measure import REPORTED
from vinchar.training.scenes import CLEAR_BLUR
from vinchar.vin import LENGTH


def readings(count: int, seed: int = 0) -> tuple[list[NDArray[np.float64] | None], NDArray[np.bool_]]:
    """Features of which one tells how likely a reading is right, and whether it is."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 1, (count, FEATURES))
    rows[:, 0] *= 3
    rows[:, -1] = 1
    right = rng.random(count) < 1 / (1 + np.exp(-2 * rows[:, 0] - 1))
    return list(rows), right


def fit(known: list[NDArray[np.float64] | None], right: NDArray[np.bool_]) -> tuple[dict[str, Any], dict[str, float]]:
    """Fit the confidence on scenes alone."""
    return fit_confidence(known, right, np.ones(len(right), bool))


def test_the_fit_finds_what_the_chance_depends_on() -> None:
    confidence, check = fit(*readings(6000))
    weights = np.array(confidence["weights"])
    assert weights[0] == pytest.approx(2, abs=0.2)
    assert weights[-1] == pytest.approx(1, abs=0.2)
    assert np.abs(weights[1:-1]).max() < 0.2
    assert check["calibration_error"] < 0.03
    assert check["ok_right"] == pytest.approx(1 - RISK, abs=0.01)


def test_from_the_threshold_on_few_are_wrong_in_rows_never_seen() -> None:
    confidence, check = fit(*readings(4000))
    known, right = readings(20_000, seed=1)
    rows = np.array(known)
    ok = 1 / (1 + np.exp(-rows @ np.array(confidence["weights"]))) >= confidence["threshold"]
    assert 1 - right[ok].mean() == pytest.approx(RISK, abs=0.008)
    assert ok.mean() == pytest.approx(check["ok"], abs=0.06)


def test_lines_not_found_are_left_out_and_nothing_is_fitted_on_nothing() -> None:
    known, right = readings(1000)
    gaps: list[NDArray[np.float64] | None] = [None] * 2
    one, _ = fit(known, right)
    other, _ = fit([*gaps, *known], np.concatenate([[False, True], right]))
    assert one == other
    assert fit(known, np.zeros(1000, bool)) == (UNFITTED, {})
    assert fit(gaps, np.zeros(2, bool)) == (UNFITTED, {})


def test_other_text_lowers_the_confidence_and_is_counted_apart() -> None:
    """Other text that reads as well as a VIN, and is told by one feature alone."""
    known, right = readings(3000)
    rng = np.random.default_rng(4)
    for row in known:
        assert row is not None
        row[-2] = rng.normal(2, 0.5)
    others = [np.array([3.0, *rng.normal(0, 1, FEATURES - 3), rng.normal(-1, 0.5), 1.0]) for _ in range(500)]
    alone, without = fit(known, right)
    scenes = np.arange(3500) < 3000
    confidence, check = fit_confidence([*known, *others], np.append(right, np.zeros(500, bool)), scenes)
    assert abs(alone["weights"][-2]) < 0.5 < confidence["weights"][-2]
    assert (without["other_text"], without["other_text_ok"]) == (0, 0)
    assert check["other_text"] == 500
    assert check["other_text_ok"] <= 5
    assert check["ok"] == pytest.approx(without["ok"], abs=0.1)


@pytest.mark.parametrize("count", [10, 3 * REPORTED])
def test_confidence_is_fitted_on_legible_scenes_that_the_report_does_not_show(
    count: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    corners = np.array([[0, 0], [8, 0], [8, 12], [0, 12]], np.float32)
    quads = np.stack([corners + np.float32([4 + 10 * i, 4]) for i in range(LENGTH)])
    pictures = np.full((count, 20, 180), 100, np.uint8)
    pictures[::2, :, ::2] += 40  # every other one is legible
    pictures[1::2, :, ::2] += 20
    scenes = SceneCache.of(
        {
            "pixels": pictures.ravel(),
            "shapes": np.tile(np.int32([20, 180]), (count, 1)),
            "quads": np.tile(quads, (count, 1, 1, 1)),
            "classes": np.tile(np.arange(LENGTH, dtype=np.int32), (count, 1)),
            "light": np.ones(count, bool),
            "material": np.zeros(count, np.uint8),
            "blur": np.zeros(count, np.float32),
        }
    )
    known: list[NDArray[np.float64]] = [np.full(FEATURES, float(i)) for i in range(count)]
    read = [measure._Read(None, row, None, np.zeros(LENGTH, np.int64)) for row in known]
    fitted: list[float] = []

    def note(
        rows: list[NDArray[np.float64]], right: NDArray[np.bool_], of_scene: NDArray[np.bool_]
    ) -> tuple[dict[str, object], dict[str, float]]:
        assert len(rows) == len(right) == len(of_scene)
        assert [row[0] < 0 for row in rows] == (~of_scene).tolist()
        assert not right[~of_scene].any()
        fitted.extend(row[0] for row in rows)
        return UNFITTED, {}

    others = scenes.part(0, 3)
    monkeypatch.setattr(measure, "_read_all", lambda *_: read)
    monkeypatch.setattr(measure, "_read_others", lambda _, job: [np.full(FEATURES, -1.0)] * len(job[1]))
    monkeypatch.setattr(measure, "fit_confidence", note)
    scores, _ = measure.synthetic_rows(tmp_path, scenes, others, tmp_path, 1)
    shown = len(measure.labelled_scenes(scenes))
    assert shown == min(REPORTED, count // 2)
    assert fitted == [*(i for i in range(shown, count) if i % 2 == 0), *[-1.0] * 3]
    assert scores["fitted_on"] == len(fitted) - 3


def test_clear_glyphs_stand_out_and_are_in_focus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corners = np.array([[0, 0], [8, 0], [8, 20], [0, 20]], np.float32)
    quads = np.stack([corners + np.float32([4 + 10 * i, 4]) for i in range(LENGTH)])
    pictures = np.full((8, 28, 180), 50, np.uint8)
    pictures[:6, :, ::2] += 100  # the last two are pale
    scenes = SceneCache.of(
        {
            "pixels": pictures.ravel(),
            "shapes": np.tile(np.int32([28, 180]), (8, 1)),
            "quads": np.tile(quads, (8, 1, 1, 1)),
            "classes": np.tile(np.arange(LENGTH, dtype=np.int32), (8, 1)),
            "light": np.ones(8, bool),
            "material": np.zeros(8, np.uint8),
            "blur": np.float32([0, CLEAR_BLUR, 0, 2 * CLEAR_BLUR, 2 * CLEAR_BLUR, 0, 0, 2 * CLEAR_BLUR]),
        }
    )
    named = np.tile(np.arange(LENGTH), (8, 1))
    named[3] = named[6] = -1
    named[0, 0] = -1
    monkeypatch.setattr(measure, "_read_all", lambda *_: [measure._Read(None, None, None, row) for row in named])
    monkeypatch.setattr(measure, "_read_others", lambda _, job: [None] * len(job[1]))
    scores, _ = measure.synthetic_rows(tmp_path, scenes, scenes, tmp_path, 1)
    assert scores["clear"] == 4
    assert scores["clear_glyphs_from_16_pixels"] == 4 * LENGTH
    assert scores["clear_glyphs_right_from_16_pixels"] == round(1 - 1 / (4 * LENGTH), 4)
    assert scores["bold_glyphs_right_from_16_pixels"] == round(1 - (LENGTH + 1) / (6 * LENGTH), 4)
