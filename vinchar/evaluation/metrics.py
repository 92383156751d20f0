"""How right the readings are, and whether their confidence means something.

``truths`` and ``readings`` are texts in the same order; None stands for a picture in which nothing was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.stats import binomtest
from sklearn.metrics import confusion_matrix, precision_recall_fscore_support

Floats = NDArray[np.float64]
MOST_WRONG = 8  # characters of a VIN: chance gets three or four of 17 right, so such a reading is of its line


def edit_distance(a: str, b: str) -> int:
    """Return the fewest insertions, deletions and substitutions that turn ``a`` into ``b`` (Levenshtein 1966)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        above, row = row, [i]
        for j, y in enumerate(b, 1):
            row.append(min(above[j] + 1, row[-1] + 1, above[j - 1] + (x != y)))
    return row[-1]


def exact_match(truths: Sequence[str], readings: Sequence[str | None]) -> float:
    """Return the share of readings that are wholly right, 0 to 1; NaN for none."""
    _expect_pairs(truths, readings)
    hits = [truth == reading for truth, reading in zip(truths, readings, strict=True)]
    return float(np.mean(hits)) if hits else float("nan")


def character_error_rate(truths: Sequence[str], readings: Sequence[str | None]) -> float:
    """Return edits over true characters; a picture in which nothing was read costs all of its characters."""
    _expect_pairs(truths, readings)
    edits = sum(edit_distance(truth, reading or "") for truth, reading in zip(truths, readings, strict=True))
    characters = sum(map(len, truths))
    return edits / characters if characters else float("nan")


def position_accuracy(truths: Sequence[str], readings: Sequence[str | None]) -> Floats:
    """Return the share of right characters at every position, float64 (longest truth,).

    A reading of another length than its truth has no positions to compare and counts as wrong at all of them.
    """
    _expect_pairs(truths, readings)
    length = max(map(len, truths), default=0)
    right, seen = np.zeros(length), np.zeros(length)
    for truth, reading in zip(truths, readings, strict=True):
        seen[: len(truth)] += 1
        if reading is not None and len(reading) == len(truth):
            right[: len(truth)] += [x == y for x, y in zip(truth, reading, strict=True)]
    return right / seen


def is_comparable(truth: str, reading: str | None) -> bool:
    """Return whether the characters of a reading can be held to those of the truth, place by place.

    It must be as long, and at most ``MOST_WRONG`` of its characters may be wrong: else it is of another line, or the
    line was cut elsewhere, and its characters were not taken for the true ones.
    """
    if reading is None or len(reading) != len(truth):
        return False
    return sum(x != y for x, y in zip(truth, reading, strict=True)) <= MOST_WRONG


def character_pairs(truths: Sequence[str], readings: Sequence[str | None]) -> tuple[list[str], list[str]]:
    """Return the true and the read character of every position of all readings that ``is_comparable``."""
    _expect_pairs(truths, readings)
    y_true: list[str] = []
    y_pred: list[str] = []
    for truth, reading in zip(truths, readings, strict=True):
        if reading is not None and is_comparable(truth, reading):
            y_true += truth
            y_pred += reading
    return y_true, y_pred


def classification_rows(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]) -> list[dict[str, Any]]:
    """Return ``class``, ``precision``, ``recall``, ``f1`` and ``support`` of every label, in the labels' order.

    A label that never occurs, or was never read, has 0 where a ratio is undefined.
    """
    _expect_labels(y_true, y_pred, labels)
    if not y_true:
        return [{"class": label, "precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0} for label in labels]
    columns = precision_recall_fscore_support(y_true, y_pred, labels=list(labels), zero_division=0.0)
    return [
        {"class": label, "precision": float(p), "recall": float(r), "f1": float(f), "support": int(n)}
        for label, p, r, f, n in zip(labels, *columns, strict=True)
    ]


def confusion(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]) -> NDArray[np.int64]:
    """Return how often each true label (row) was read as each label (column), int64 (labels, labels)."""
    _expect_labels(y_true, y_pred, labels)
    if not y_true:
        return np.zeros((len(labels), len(labels)), np.int64)
    return np.asarray(confusion_matrix(y_true, y_pred, labels=list(labels)), np.int64)


def reliability(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> tuple[Floats, Floats, NDArray[np.int64]]:
    """Return mean confidence, share right and count of each bin of equal width that holds something.

    ``confidence`` (N,) 0 to 1, ``correct`` (N,) bool. Raises ``ValueError`` for other values or unequal lengths.
    """
    sure, right = _expect_confidence(confidence, correct)
    which = np.minimum((sure * bins).astype(np.int64), bins - 1)
    count = np.bincount(which, minlength=bins)
    filled = count > 0
    total = np.maximum(count, 1)
    means = np.bincount(which, sure, bins) / total
    shares = np.bincount(which, right, bins) / total
    return means[filled], shares[filled], count[filled]


def expected_calibration_error(confidence: ArrayLike, correct: ArrayLike, bins: int = 10) -> float:
    """Return the mean distance of confidence from the share right, weighted by count (Guo et al. 2017); NaN for none.

    Arguments as for ``reliability``.
    """
    means, shares, count = reliability(confidence, correct, bins)
    return float(np.average(np.abs(means - shares), weights=count)) if len(count) else float("nan")


def risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Floats]:
    """Return coverage and risk, float64 (N,) each: the share wrong among the surest 1, 2, … N (Geifman 2017).

    Among equal confidences the errors are spread evenly, so that the curve does not hang on the order of the pictures.
    """
    sure, right = _expect_confidence(confidence, correct)
    _, level = np.unique(-sure, return_inverse=True)  # level 0 is the surest
    count = np.bincount(level)
    wrong = np.bincount(level, 1.0 - right) / np.maximum(count, 1)
    seen = np.arange(1, len(sure) + 1)
    return seen / max(len(sure), 1), np.cumsum(np.repeat(wrong, count)) / seen


def area_under_risk_coverage(confidence: ArrayLike, correct: ArrayLike) -> float:
    """Return the mean risk over all coverages: 0 is perfect, the error rate is a confidence that says nothing."""
    _, risk = risk_coverage(confidence, correct)
    return float(risk.mean()) if len(risk) else float("nan")


def binomial_interval(right: int, n: int) -> tuple[float, float]:
    """Return the 95 % interval of a share of which ``right`` of ``n`` were seen (Wilson 1927); NaN, NaN for none."""
    if not n:
        return float("nan"), float("nan")
    interval = binomtest(right, n).proportion_ci(0.95, method="wilson")
    return float(interval.low), float(interval.high)


def bootstrap_interval(differences: ArrayLike, groups: Sequence[str], draws: int = 4000) -> tuple[float, float]:
    """Return the 95 % interval of the mean of ``differences`` (N,), by the bootstrap over whole groups.

    ``groups``: what each belongs to: photos of one car go right or wrong together. NaN for fewer than two: one car says
    nothing of others. Efron 1979, percentiles; seeded.
    """
    values = np.asarray(differences, np.float64)
    names, group = np.unique(np.asarray(groups), return_inverse=True)
    if len(names) < 2:
        return float("nan"), float("nan")
    sums, counts = np.bincount(group, values), np.bincount(group)
    drawn = np.random.default_rng(0).integers(0, len(sums), (draws, len(sums)))
    means = sums[drawn].sum(axis=1) / counts[drawn].sum(axis=1)
    low, high = np.percentile(means, (2.5, 97.5))
    return float(low), float(high)


def share_right_by(values: ArrayLike, correct: ArrayLike, edges: Sequence[float]) -> list[dict[str, Any]]:
    """Return ``from``, ``to``, ``n`` and ``share_right`` of each range of ``values`` (N,) that holds something.

    ``correct`` (N,) bool; ``edges``: ascending, range i goes from edge i up to, without, edge i + 1. Raises
    ``ValueError`` for unequal lengths.
    """
    value, right = np.asarray(values, np.float64), np.asarray(correct, np.float64)
    if value.ndim != 1 or value.shape != right.shape:
        raise ValueError(f"got values {value.shape} and correct {right.shape}, expected (N,) twice")
    rows = []
    for low, high in pairwise(edges):
        inside = (value >= low) & (value < high)
        if inside.any():
            rows.append({"from": low, "to": high, "n": int(inside.sum()), "share_right": float(right[inside].mean())})
    return rows


def _expect_pairs(truths: Sequence[str], readings: Sequence[str | None]) -> None:
    if len(truths) != len(readings):
        raise ValueError(f"got {len(readings)} readings for {len(truths)} truths, expected one for each")


def _expect_labels(y_true: Sequence[str], y_pred: Sequence[str], labels: Sequence[str]) -> None:
    _expect_pairs(y_true, y_pred)
    foreign = (set(y_true) | set(y_pred)) - set(labels)
    if foreign:
        raise ValueError(f"got the classes {sorted(foreign)}, expected only {''.join(labels)}")


def _expect_confidence(confidence: ArrayLike, correct: ArrayLike) -> tuple[Floats, Floats]:
    sure, right = np.asarray(confidence, np.float64), np.asarray(correct, np.float64)
    if sure.ndim != 1 or sure.shape != right.shape:
        raise ValueError(f"got confidence {sure.shape} and correct {right.shape}, expected (N,) twice")
    if np.any(~((sure >= 0) & (sure <= 1))):  # also catches NaN
        raise ValueError("got a confidence outside 0 to 1")
    return sure, right
