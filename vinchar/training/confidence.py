"""How far to trust a reading, fitted on readings of scenes in held-out faces."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold, cross_val_predict

from vinchar.bundle import FEATURES
from vinchar.evaluation import metrics
from vinchar.quality import FAULTS

# Of the readings called ok, at most this share may be wrong on the synthetic check. Real VINs are less like the model
# of VINs than drawn ones, so it is less than what is wanted of real pictures.
RISK = 0.003
FOLDS = 10  # with two, the threshold depends on how the rows are split: 0.921 to 0.941, with ten 0.922 to 0.926
GLYPH_THRESHOLD = 0.8
FORETOLD, FEWEST = 0.7, 10  # share of wrong readings beyond a fault's threshold, and rows to say so
# While the scenes are read that the confidence is fitted on, about what is fitted: it tells the search where to end.
USUAL: dict[str, Any] = {
    "weights": [0.8, -0.9, -1.0, 1.2, 2.0],
    "threshold": 0.9,
    "glyph_threshold": GLYPH_THRESHOLD,
}
# For a model that reads nothing right.
UNFITTED: dict[str, Any] = {
    "weights": [1.0, *[0] * (FEATURES - 2), -4.0],
    "threshold": 0.9,
    "glyph_threshold": GLYPH_THRESHOLD,
}


def fit_confidence(
    known: list[NDArray[np.float64] | None], right: NDArray[np.bool_], scenes: NDArray[np.bool_]
) -> tuple[dict[str, Any], dict[str, float]]:
    """Fit the logistic confidence, choose the threshold for ``RISK``, and check both on rows that they have not seen.

    ``known``: ``readings.features`` of every reading, None where no line was found; ``right``, bool (N,): of the same;
    ``scenes``, bool (N,): those that the check counts, the others being pictures of other text.
    Every row's probability is that of a model fitted on the other folds. The threshold is chosen on all of them; the
    check applies that of one half to the other, while what is returned is fitted on all.
    """
    found = np.array([values is not None for values in known], bool)
    rows = np.array([values for values in known if values is not None])
    y, counted = right[found], scenes[found]
    even = np.arange(len(y)) % 2 == 0
    halves = (even, ~even)
    if len(y) < 8 or any(len(set(y[half])) < 2 for half in halves):  # a try-out run that reads nothing right
        return UNFITTED, {}
    folds = StratifiedKFold(min(FOLDS, int(y.sum()), int((~y).sum())), shuffle=True, random_state=0)
    chance = cross_val_predict(_logistic(), rows, y, cv=folds, method="predict_proba")[:, 1]
    ok = np.empty(len(y), bool)
    for half in halves:
        ok[half] = chance[half] >= _threshold(chance[~half], y[~half])
    check = {
        "calibration_error": round(metrics.expected_calibration_error(chance[counted], y[counted]), 4),
        "ok": round(float(ok[counted].mean()), 4),
        "ok_right": round(float(y[ok & counted].mean()), 4) if np.any(ok & counted) else 0.0,
        "other_text": int((~scenes).sum()),
        "other_text_ok": int((ok & ~counted).sum()),
    }
    weights = [round(float(w), 5) for w in _logistic().fit(rows, y).coef_[0]]
    return {"weights": weights, "threshold": round(_threshold(chance, y), 4), "glyph_threshold": GLYPH_THRESHOLD}, check


def _logistic() -> LogisticRegression:
    return LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000)


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
