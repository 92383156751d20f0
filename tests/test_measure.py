"""The confidence: how it is fitted, where it calls a reading ok, and on what it is checked."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from vinchar.bundle import WEIGHTS
from vinchar.drawing.scenes import CLEAR_BLUR
from vinchar.training import measure
from vinchar.training.cache import SceneCache
from vinchar.training.confidence import PASSED, RISK, USUAL, fit_confidence, fit_glyph
from vinchar.training.decisions import Seen
from vinchar.training.measure import REPORTED
from vinchar.vin import LENGTH

Fitted = tuple[dict[str, Any], dict[str, float]]
Logs = NDArray[np.float32]


def seen_in(count: int, vin: float = 1.0, seed: int = 0, rivals: int = 2, known: bool = True) -> list[Seen]:
    """Pictures, a share ``vin`` of them with a VIN, told by the first feature; if it is right another one tells."""
    rng = np.random.default_rng(seed)
    seen = []
    for _ in range(count):
        n = 1 + int(rng.integers(rivals + 1))
        lines = rng.normal(0, 0.3, (n, WEIGHTS["vin"]))
        lines[:, 0] = rng.normal(-2, 0.5, n)
        right = rng.normal(0, 1, (n, WEIGHTS["right"]))
        lines[:, -1] = right[:, -1] = 1
        true, exact = np.zeros(n, bool), np.zeros(n, bool)
        if rng.random() < vin:
            lines[0, 0] = rng.normal(1.5, 0.3)
            true[0] = True
            right[0, 0] *= 3
            exact[0] = rng.random() < 1 / (1 + np.exp(-2 * right[0, 0] - 1))
        seen.append(Seen(lines, right, true, true.copy(), exact, known))
    return seen


def chances(confidence: dict[str, Any], seen: list[Seen]) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """The probability of the best line of each picture, as a decision gives it, and whether it is right."""
    rows = []
    for one in seen:
        worth = np.exp(one.lines @ confidence["vin"])
        best = int(worth.argmax())
        right = 1 / (1 + np.exp(-one.right[best] @ confidence["right"]))
        rows.append((worth[best] / (1 + worth.sum()) * right, one.exact[best]))
    chance, good = np.array(rows).T
    return chance, good.astype(bool)


@cache
def fitted(count: int, without: int = 0) -> Fitted:
    """What is fitted on so many pictures, and some without a VIN."""
    return fit_confidence([*seen_in(count), *seen_in(without, vin=0.0, seed=5)])


def test_the_fit_finds_what_the_chance_depends_on() -> None:
    confidence, check = fitted(4000)
    assert confidence["right"] == pytest.approx([2, 0, 0, 0, 0, 0, 1], abs=0.25)
    assert confidence["vin"][0] > 1
    assert check["calibration_error"] < 0.03
    assert check["ok_right"] == pytest.approx(1 - RISK, abs=0.01)


def test_from_the_threshold_on_few_are_wrong_in_pictures_never_seen() -> None:
    confidence, check = fitted(4000)
    chance, good = chances(confidence, seen_in(8000, seed=1))
    ok = chance >= confidence["threshold"]
    assert 1 - good[ok].mean() == pytest.approx(RISK, abs=0.008)
    assert ok.mean() == pytest.approx(check["ok"], abs=0.06)
    risks, least = zip(*confidence["risks"], strict=True)
    assert list(risks) == sorted(risks)
    assert list(least) == sorted(least, reverse=True)
    for risk, threshold in zip(risks, least, strict=True):
        assert 1 - good[chance >= threshold].mean() == pytest.approx(risk, abs=0.015)


def test_the_search_may_end_sooner_than_a_reading_is_ok() -> None:
    confidence, _ = fitted(2000, 600)
    assert 0.6 <= confidence["settled"] <= confidence["threshold"]


def test_pictures_without_a_vin_are_not_called_ok() -> None:
    confidence, check = fitted(2000, 600)
    assert check["without_vin"] == 600
    assert check["without_vin_ok"] <= 3
    chance, _ = chances(confidence, seen_in(2000, vin=0.0, seed=6))
    assert (chance >= confidence["threshold"]).mean() < 0.01


def test_nothing_is_fitted_on_nothing() -> None:
    wrong = [Seen(one.lines, one.right, one.true, one.near, np.zeros_like(one.exact)) for one in seen_in(100)]
    for nothing in ([], seen_in(4), wrong):
        assert fit_confidence(nothing) == (USUAL, {})


def test_a_picture_where_no_line_was_read_counts_as_none() -> None:
    empty = Seen(np.zeros((0, 7)), np.zeros((0, 7)), *(np.zeros(0, bool) for _ in range(3)))
    _, check = fit_confidence([*seen_in(300), empty])
    assert check["without_vin"] == 1


def test_pictures_of_which_the_vin_is_unknown_say_what_is_one_and_nothing_of_what_is_right() -> None:
    seen = seen_in(2000)
    unknown = seen_in(500, seed=3, known=False)
    for one in unknown:
        one.exact[:] = False
    with_them, check = fit_confidence([*seen, *unknown])
    without, plain = fitted(2000)
    assert with_them["right"] == pytest.approx(without["right"], abs=0.02)
    assert with_them["threshold"] == pytest.approx(without["threshold"], abs=0.02)
    assert check["ok"] == pytest.approx(plain["ok"], abs=0.02)


def test_clean_prints_tell_what_is_a_vin_and_nothing_of_risk() -> None:
    seen = [*seen_in(2000), *seen_in(300, vin=0.0, seed=5)]
    unlikely = seen_in(300, seed=7, rivals=0)
    for one in unlikely:
        one.lines[0, 0], one.right[0, 0], one.exact[0] = -0.3, 8.0, True
    with_them, check = fit_confidence(seen, unlikely)
    without, plain = fit_confidence(seen)
    assert chances(with_them, unlikely[:1])[0][0] > chances(without, unlikely[:1])[0][0] + 0.02
    assert check["without_vin"] == plain["without_vin"]


def test_what_shows_no_character_hardly_passes() -> None:
    rng = np.random.default_rng(4)

    def said(seen: NDArray[np.float64]) -> Logs:
        rest = np.tile(np.log(seen / 33)[:, None], (1, 33))
        return np.concatenate([rest, np.log(1 - seen)[:, None]], axis=1).astype(np.float32)

    least, check = fit_glyph(said(rng.uniform(0.9, 0.999, 1000)), said(rng.uniform(0.001, 0.8, 2000)))
    assert 0.5 <= least <= 0.8
    assert check == {"characters_seen": 1.0, "no_characters": 2000, "no_characters_seen": pytest.approx(2000 * PASSED)}
    assert fit_glyph(said(np.full(9, 0.9)), said(np.full(9, 0.1)))[0] == 0.5


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
    yes = np.ones(1, bool)
    known = [Seen(np.full((1, 7), float(i)), np.zeros((1, 7)), yes, yes, yes) for i in range(count)]
    read = [measure._Read(None, row, None, np.zeros(LENGTH, np.int64)) for row in known]
    fitted: list[float] = []
    others = seen_in(3)

    def note(seen: list[Seen], clean: list[Seen]) -> Fitted:
        fitted.extend(float(one.lines[0, 0]) for one in seen[: -len(others)])
        assert seen[-len(others) :] == others
        assert clean == others[:1]
        return USUAL, {}

    monkeypatch.setattr(measure, "_read_all", lambda *_: read)
    monkeypatch.setattr(measure, "fit_confidence", note)
    scores, _ = measure.synthetic_rows(tmp_path, scenes, others, others[:1], tmp_path, 1)
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
    scores, _ = measure.synthetic_rows(tmp_path, scenes, [], [], tmp_path, 1)
    assert scores["clear"] == 4
    assert scores["clear_glyphs_from_16_pixels"] == 4 * LENGTH
    assert scores["clear_glyphs_right_from_16_pixels"] == round(1 - 1 / (4 * LENGTH), 4)
    assert scores["bold_glyphs_right_from_16_pixels"] == round(1 - (LENGTH + 1) / (6 * LENGTH), 4)
