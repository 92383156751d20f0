"""How far to trust a reading, fitted on readings of scenes in held-out faces."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from vinchar.evaluation import metrics
from vinchar.quality import FAULTS
from vinchar.readings import RIGHT_FEATURES, VIN_FEATURES

# Of the readings called ok, at most this share may be wrong on the synthetic check. Real VINs are less like the model
# of VINs than drawn ones, so it is less than what is wanted of real pictures.
RISK = 0.003
FEATURES = 5  # numbers that ``readings.features`` gives
FOLDS = 10  # with two, the threshold depends on how the rows are split: 0.921 to 0.941, with ten 0.922 to 0.926
GLYPH_THRESHOLD = 0.8
FORETOLD, FEWEST = 0.7, 10  # share of wrong readings beyond a fault's threshold, and rows to say so
# While the scenes are read that the confidence is fitted on, about what is fitted: it tells the search where to end.
USUAL: dict[str, Any] = {
    "vin": [4.6, 4.0],
    "right": [1.5, -0.2, -0.6, 0.4],
    "threshold": 0.83,
    "glyph_threshold": GLYPH_THRESHOLD,
}
# For a model that reads nothing right.
UNFITTED: dict[str, Any] = {
    "vin": [3.0, 3.0],
    "right": [1.0, 0.0, 0.0, -4.0],
    "threshold": 0.9,
    "glyph_threshold": GLYPH_THRESHOLD,
}


def fit_confidence(
    scenes: list[NDArray[np.float64] | None],
    right: NDArray[np.bool_],
    prints: list[NDArray[np.float64] | None],
    others: list[NDArray[np.float64] | None],
) -> tuple[dict[str, Any], dict[str, float]]:
    """Fit the confidence, choose the threshold for ``RISK``, and check both on rows that they have not seen.

    ``scenes``: ``readings.features`` of every scene's reading, None where no line was read; ``right``, bool (N,): all
    17 are right; ``prints``, ``others``: the features of clean prints of VINs, and of what reads best in pictures
    without a VIN. Every row's probability is that of a model fitted on the other folds. The threshold is chosen on all
    of them; the check applies that of one half to the other, while what is returned is fitted on all.
    """
    read = np.array([values is not None for values in scenes], bool)
    rows = np.array([values for values in scenes if values is not None])
    y = right[read]
    clean, text = (
        np.array([values for values in some if values is not None]).reshape(-1, FEATURES) for some in (prints, others)
    )
    if min(y.sum(), (~y).sum(), len(text)) < 4:  # a try-out run that reads nothing right
        return UNFITTED, {}
    vins = y.sum() + len(clean)  # what nobody can read says nothing of how VINs differ from other text
    is_vin = np.arange(vins + len(text)) < vins
    vin_rows = np.concatenate([rows[y], clean, text])[:, VIN_FEATURES]
    vin, vin_unseen = _fit(vin_rows, is_vin)
    right_model, right_unseen = _fit(rows[:, RIGHT_FEATURES], y)
    # Of a row that one of the two was not fitted on, it says what it says.
    chance = right_unseen * vin.predict_proba(rows[:, VIN_FEATURES])[:, 1]
    chance[y] = right_unseen[y] * vin_unseen[: y.sum()]
    text_chance = vin_unseen[vins:] * right_model.predict_proba(text[:, RIGHT_FEATURES])[:, 1]

    every, good = np.append(chance, text_chance), np.append(y, np.zeros(len(text), bool))
    even = np.arange(len(every)) % 2 == 0
    ok = np.empty(len(every), bool)
    for half in (even, ~even):
        ok[half] = every[half] >= _threshold(every[~half], good[~half])
    scene_ok = ok[: len(y)]
    check = {
        "calibration_error": round(metrics.expected_calibration_error(chance, y), 4),
        "ok": round(float(scene_ok.mean()), 4),
        "ok_right": round(float(y[scene_ok].mean()), 4) if scene_ok.any() else 0.0,
        "other_text": len(others),
        "other_text_ok": int(ok[len(y) :].sum()),
    }
    return {
        "vin": [round(float(w), 5) for w in vin.coef_[0]],
        "right": [round(float(w), 5) for w in right_model.coef_[0]],
        "threshold": round(_threshold(every, good), 4),
        "glyph_threshold": GLYPH_THRESHOLD,
    }, check


def _fit(rows: NDArray[np.float64], y: NDArray[np.bool_]) -> tuple[LogisticRegression, NDArray[np.float64]]:
    """Return a logistic model, and the probability that models fitted on other folds give each row."""
    folds = StratifiedKFold(min(FOLDS, int(y.sum()), int((~y).sum())), shuffle=True, random_state=0)
    model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000)
    unseen = cross_val_predict(model, rows, y, cv=folds, method="predict_proba")[:, 1]
    return model.fit(rows, y), unseen


def _threshold(chance: NDArray[np.float64], right: NDArray[np.bool_]) -> float:
    """Return the least probability from which on at most ``RISK`` of the readings are wrong, within 0.6 to 0.99."""
    order = np.argsort(-chance)
    risk = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    below = np.flatnonzero(risk <= RISK)
    return float(np.clip(chance[order][below[-1]], 0.6, 0.99)) if len(below) else 0.99


def fit_quality(measured: list[dict[str, float] | None], right: NDArray[np.bool_]) -> dict[str, dict[str, float]]:
    """Return, for every fault of ``quality.FAULTS`` that foretells a wrong reading, from where on it does.

    ``threshold``: the mildest one beyond which at least ``FORETOLD`` of the even rows are wrong, half way between two
    values that occur; ``precision``: the share of the odd rows beyond it that are wrong; ``n``: how many those are. A
    fault for which there are fewer than ``FEWEST`` rows beyond a threshold on either side is left out.
    """
    rows = [(values, bool(ok)) for values, ok in zip(measured, right, strict=True) if values is not None]
    wrong = np.array([not ok for _, ok in rows])
    even = np.arange(len(rows)) % 2 == 0
    fitted = {}
    for fault in FAULTS:
        badness = np.array([fault.worse * one[fault.name] for one, _ in rows])
        order = np.argsort(-badness[even], kind="stable")
        values = badness[even][order]
        last = np.flatnonzero(values[:-1] > values[1:])  # of each run of equal values
        share = np.cumsum(wrong[even][order])[last] / (last + 1)
        enough = last[(share >= FORETOLD) & (last + 1 >= FEWEST)]
        if not len(enough):
            continue
        threshold = round(float(values[enough[-1] : enough[-1] + 2].mean()), 4)
        beyond = ~even & (badness > threshold)
        if beyond.sum() >= FEWEST:
            fitted[fault.name] = {
                "threshold": fault.worse * threshold,
                "precision": round(float(wrong[beyond].mean()), 4),
                "n": int(beyond.sum()),
            }
    return fitted
