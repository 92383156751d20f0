"""The confidence: how it is fitted, where it calls a reading ok, and on what it is checked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.drawing.scenes import CLEAR_BLUR
from vinchar.readings import RIGHT_FEATURES, VIN_FEATURES
from vinchar.training import measure
from vinchar.training.cache import SceneCache
from vinchar.training.confidence import FEATURES, RISK, UNFITTED, fit_confidence
from vinchar.training.measure import REPORTED
from vinchar.vin import LENGTH

Row = NDArray[np.float64] | None
Fitted = tuple[dict[str, Any], dict[str, float]]


def readings(count: int, seed: int = 0) -> tuple[list[Row], NDArray[np.bool_]]:
    """Features of readings of scenes, of which one tells how likely the reading is right, and whether it is."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(0, 1, (count, FEATURES))
    rows[:, 0] = rng.normal(1.5, 0.3, count)
    rows[:, 1] *= 3
    rows[:, -1] = 1
    right = rng.random(count) < 1 / (1 + np.exp(-2 * rows[:, 1] - 1))
    return list(rows), right


def texts(count: int, seed: int = 5) -> list[Row]:
    """Features of other text that reads as well as a VIN, and is told by one feature alone."""
    rng = np.random.default_rng(seed)
    rows = np.column_stack([rng.normal(-2, 0.5, count), np.full(count, 5.0), rng.normal(0, 1, (count, FEATURES - 2))])
    rows[:, -1] = 1
    return list(rows)


def fit(known: list[Row], right: NDArray[np.bool_], others: list[Row] | None = None) -> Fitted:
    """Fit the confidence on scenes, without clean prints beside them."""
    return fit_confidence(known, right, [], texts(300) if others is None else others)


def chances(confidence: dict[str, Any], known: list[Row]) -> NDArray[np.float64]:
    rows = np.array(known)
    logits = rows[:, VIN_FEATURES] @ confidence["vin"], rows[:, RIGHT_FEATURES] @ confidence["right"]
    return np.prod([1 / (1 + np.exp(-logit)) for logit in logits], axis=0)


def test_the_fit_finds_what_the_chance_depends_on() -> None:
    confidence, check = fit(*readings(6000))
    assert confidence["right"] == pytest.approx([2, 0, 0, 1], abs=0.2)
    assert confidence["vin"][0] > 1
    assert check["calibration_error"] < 0.03
    assert check["ok_right"] == pytest.approx(1 - RISK, abs=0.01)


def test_from_the_threshold_on_few_are_wrong_in_rows_never_seen() -> None:
    confidence, check = fit(*readings(4000))
    known, right = readings(20_000, seed=1)
    ok = chances(confidence, known) >= confidence["threshold"]
    assert 1 - right[ok].mean() == pytest.approx(RISK, abs=0.008)
    assert ok.mean() == pytest.approx(check["ok"], abs=0.06)


def test_lines_not_found_are_left_out_and_nothing_is_fitted_on_nothing() -> None:
    known, right = readings(1000)
    gaps: list[Row] = [None] * 2
    one, _ = fit(known, right)
    other, _ = fit([*gaps, *known], np.concatenate([[False, True], right]), [*gaps, *texts(300)])
    assert one == other
    for nothing in (
        fit(known, np.zeros(1000, bool)),
        fit(gaps, np.zeros(2, bool)),
        fit(known, right, []),
        fit(known, right, gaps),
    ):
        assert nothing == (UNFITTED, {})


def test_other_text_is_not_called_ok_however_well_it_reads() -> None:
    confidence, check = fit(*readings(3000))
    assert check["other_text"] == 300
    assert check["other_text_ok"] <= 3
    unseen = chances(confidence, texts(2000, seed=6)) >= confidence["threshold"]
    assert unseen.mean() < 0.01


def test_other_lines_than_the_vins_say_nothing_of_what_a_vin_is() -> None:
    """Where a scene's line was missed, what was read instead may be like other text."""
    known, right = readings(3000)
    missed = texts(300, seed=9)
    with_them, _ = fit([*known, *missed], np.append(right, np.zeros(300, bool)))
    without, _ = fit(known, right)
    assert with_them["vin"] == without["vin"]


def test_clean_prints_of_unlikely_vins_make_such_vins_surer() -> None:
    known, right = readings(3000)
    unlikely = [np.array([-0.3, 8.0, 0.0, 1.0, 1.0])] * 300
    others = texts(300)
    with_them, _ = fit_confidence(known, right, list(unlikely), others)
    without, _ = fit_confidence(known, right, [], others)
    assert chances(with_them, unlikely[:1])[0] > chances(without, unlikely[:1])[0] + 0.02


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

    def note(some: list[Row], right: NDArray[np.bool_], prints: list[Row], others: list[Row]) -> Fitted:
        assert len(some) == len(right)
        fitted.extend(float(row[0]) for row in some if row is not None)
        assert [row is not None and row[0] for row in others] == [-1.0] * 5
        assert len(prints) == 4
        return UNFITTED, {}

    monkeypatch.setattr(measure, "_read_all", lambda *_: read)
    monkeypatch.setattr(measure, "_read_best", lambda _, job: [np.full(FEATURES, -1.0)] * len(job[1]))
    monkeypatch.setattr(measure, "fit_confidence", note)
    scores, _ = measure.synthetic_rows(
        tmp_path, scenes, scenes.part(0, 4), [scenes.part(0, 3), scenes.part(0, 2)], tmp_path, 1
    )
    shown = len(measure.labelled_scenes(scenes))
    assert shown == min(REPORTED, count // 2)
    assert fitted == [i for i in range(shown, count) if i % 2 == 0]
    assert scores["fitted_on"] == len(fitted)


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
    monkeypatch.setattr(measure, "_read_features", lambda *_: [])
    scores, _ = measure.synthetic_rows(tmp_path, scenes, scenes, [], tmp_path, 1)
    assert scores["clear"] == 4
    assert scores["clear_glyphs_from_16_pixels"] == 4 * LENGTH
    assert scores["clear_glyphs_right_from_16_pixels"] == round(1 - 1 / (4 * LENGTH), 4)
    assert scores["bold_glyphs_right_from_16_pixels"] == round(1 - (LENGTH + 1) / (6 * LENGTH), 4)
