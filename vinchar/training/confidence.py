"""How far to trust a reading: the decision's weights, and the threshold of ok, fitted on pictures not trained on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import KFold

from vinchar.evaluation import metrics
from vinchar.quality import FAULTS
from vinchar.training.decisions import Seen

# Of the readings called ok, at most this share may be wrong. Of real pictures 0.005 is wanted, and their VINs are less
# like the model of VINs than drawn ones are.
RISK = 0.003
RISKS = (0.0005, 0.001, 0.002, 0.003, 0.005, 0.01, 0.02, 0.03, 0.05, 0.1, 0.2)  # for which a threshold is kept
RIDGE = 0.05  # pull of the decision's weights to 0
FOLDS = 10  # with two, the threshold depends on how the pictures are split
FEWEST_PICTURES = 8  # with a VIN read right, with one read wrongly or none, below which nothing is fitted
GLYPH_THRESHOLD = 0.8
# Share of the searches that may end at a line that is not the VIN. A line likelier than USUAL has it ends one anyway:
# no real picture was read better by looking on, which takes several times as long.
STRAY = 0.004
PASSED = 0.002  # share of pictures without a character that may be taken for one
FORETOLD, FEWEST = 0.7, 10  # share of wrong readings beyond a fault's threshold, and rows to say so
# While the pictures are read that the decision is fitted on, about what is fitted: it tells the search what to look at
# again. It also stands in a model that reads nothing right.
USUAL: dict[str, Any] = {
    "vin": [5.3, 1.5, -2.0, -1.0, -1.5, -1.5, 2.0],
    "right": [1.2, -0.1, -0.3, -2.0, 0.0, 0.0, 0.0],
    "threshold": 0.86,
    "glyph_threshold": GLYPH_THRESHOLD,
    "glyph_least": 0.5,
    "settled": 0.8,
}


def fit_confidence(seen: Sequence[Seen], clean: Sequence[Seen] = ()) -> tuple[dict[str, Any], dict[str, float]]:
    """Fit the decision on pictures, choose the threshold for ``RISK``, and check both on pictures not fitted on.

    ``clean``: prints of VINs that anybody can read: they tell VINs from other text, and nothing of risk. Each picture
    is decided by a model fitted on the other folds. The threshold is chosen on all of them; the check applies that of
    one half to the other, while what is returned is fitted on all.
    """
    exact = np.array([one.exact.any() for one in seen], bool)
    if min(exact.sum(), (~exact).sum()) < FEWEST_PICTURES:  # a try-out run that reads nothing right
        return USUAL, {}
    chance, right = np.zeros(len(seen)), np.zeros(len(seen), bool)
    likely, there = np.zeros(len(seen)), np.zeros(len(seen), bool)
    for rest, fold in KFold(min(FOLDS, len(seen)), shuffle=True, random_state=0).split(exact):
        weights = _fit([*clean, *(seen[i] for i in rest)])
        for i in fold:
            chance[i], right[i], likely[i], there[i] = _decided(seen[i], *weights)
    known = [i for i, one in enumerate(seen) if one.known]
    chance, right, with_vin = chance[known], right[known], np.array([seen[i].true.any() for i in known])
    even = np.arange(len(known)) % 2 == 0
    ok = np.empty(len(known), bool)
    for half in (even, ~even):
        ok[half] = chance[half] >= _threshold(chance[~half], right[~half], RISK)
    check = {
        "calibration_error": round(metrics.expected_calibration_error(chance[with_vin], right[with_vin]), 4),
        "ok": round(float(ok[with_vin].mean()), 4),
        "ok_right": round(float(right[ok].mean()), 4) if ok.any() else 0.0,
        "without_vin": int((~with_vin).sum()),
        "without_vin_ok": int(ok[~with_vin].sum()),
    }
    vin, correct = _fit([*clean, *seen])
    return {
        "vin": [round(float(w), 5) for w in vin],
        "right": [round(float(w), 5) for w in correct],
        "threshold": round(_threshold(chance, right, RISK), 4),
        "settled": round(min(_threshold(likely, there, STRAY), USUAL["settled"]), 4),
        "risks": _risks(chance, right),
        **{name: USUAL[name] for name in ("glyph_threshold", "glyph_least")},
    }, check


def _fit(seen: Sequence[Seen]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the weights of "this string is the VIN" and of "all its characters are right"."""
    vin = _fit_choice(seen)
    best = [(one, int(np.argmax(one.lines @ vin))) for one in seen if one.known and one.true.any()]
    best = [(one, i) for one, i in best if one.near[i]]
    rows = np.array([one.right[i] for one, i in best])
    right = np.array([one.exact[i] for one, i in best])
    if right.all() or not right.any():
        return vin, np.array(USUAL["right"])
    model = LogisticRegression(fit_intercept=False, C=1.0, max_iter=2000).fit(rows, right)
    return vin, np.asarray(model.coef_[0], np.float64)


def _fit_choice(seen: Sequence[Seen]) -> NDArray[np.float64]:
    """Return the weights of a choice between the strings of a picture and "no VIN here": a conditional logit.

    McFadden, "Conditional logit analysis of qualitative choice behavior" (1974).
    """
    rows = np.concatenate([one.lines for one in seen])  # (R, 7)
    true = np.concatenate([one.true for one in seen])
    picture = np.repeat(np.arange(len(seen)), [len(one.true) for one in seen])
    none = ~np.array([one.true.any() for one in seen])

    def loss(weights: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        worth = np.exp(np.clip(rows @ weights, -50, 50))
        total = 1 + np.bincount(picture, worth, len(seen))
        good = np.bincount(picture, worth * true, len(seen)) + none
        value = float(np.log(total / good).sum() + RIDGE * weights @ weights)
        slope = worth / total[picture] - worth * true / good[picture]
        return value, rows.T @ slope + 2 * RIDGE * weights

    start = np.array(USUAL["vin"])
    return np.asarray(minimize(loss, start, jac=True, method="L-BFGS-B").x, np.float64)


def _decided(seen: Seen, vin: NDArray[np.float64], right: NDArray[np.float64]) -> tuple[float, bool, float, bool]:
    """Return the probability of a picture's best string, and whether it is right: as ``decide.Judge`` does.

    And the same for being the VIN, with whatever characters.
    """
    if not len(seen.true):
        return 0.0, False, 0.0, False
    worth = np.exp(np.clip(seen.lines @ vin, -50, 50))
    best = int(worth.argmax())
    correct = 1 / (1 + np.exp(-np.clip(seen.right[best] @ right, -30, 30)))
    likely = float(worth[best] / (1 + worth.sum()))
    return likely * float(correct), bool(seen.exact[best]), likely, bool(seen.near[best] or seen.true[best])


def fit_glyph(glyphs: NDArray[np.float32], nothing: NDArray[np.float32]) -> tuple[float, dict[str, float]]:
    """Return the probability of being a glyph below which a picture shows none, and what passes it.

    ``glyphs``, ``nothing`` float32 (N, 34): what the network says of pictures of one character, and of none.
    """
    seen, passing = (1 - np.exp(some[:, -1].astype(np.float64)) for some in (glyphs, nothing))
    allowed = int(PASSED * len(passing))  # the highest ones, that may pass
    least = float(np.clip(np.sort(passing)[-1 - allowed] + 1e-4, 0.5, 0.99))
    return round(least, 4), {
        "characters_seen": round(float((seen >= least).mean()), 4),
        "no_characters": len(passing),
        "no_characters_seen": int((passing >= least).sum()),
    }


def _threshold(chance: NDArray[np.float64], right: NDArray[np.bool_], risk: float) -> float:
    """Return the least probability from which on at most a share ``risk`` is wrong, within 0.6 to 0.99."""
    least = _least(chance, right, risk)
    return 0.99 if least is None else float(np.clip(least, 0.6, 0.99))


def _risks(chance: NDArray[np.float64], right: NDArray[np.bool_]) -> list[list[float]]:
    """Return which threshold gives which share of wrong readings, for the shares of ``RISKS`` that can be measured."""
    measured = [(risk, _least(chance, right, risk)) for risk in RISKS if risk * len(chance) >= 1]
    return [[risk, round(least, 4)] for risk, least in measured if least is not None]


def _least(chance: NDArray[np.float64], right: NDArray[np.bool_], risk: float) -> float | None:
    """Return the least probability from which on at most a share ``risk`` is wrong, None if there is none."""
    order = np.argsort(-chance)
    wrong = np.cumsum(~right[order]) / np.arange(1, len(order) + 1)
    below = np.flatnonzero(wrong <= risk)
    return float(chance[order][below[-1]]) if len(below) else None


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
