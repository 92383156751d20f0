"""The report's pictures, each returned as the bytes of a PNG. No display is needed and no global state is touched."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vinchar.evaluation.metrics import (
    area_under_risk_coverage,
    expected_calibration_error,
    reliability,
    risk_coverage,
)

_COLOURS = 96  # of a picture: it is made of few, and a palette makes its file a third as big


def confusion_png(matrix: NDArray[np.int64], labels: Sequence[str], title: str = "") -> bytes:
    """Draw a confusion matrix, int64 (labels, labels), rows true.

    Colour is the share of the row, on a scale of its square root so that rare confusions show; the numbers are counts
    of errors, and the diagonal is left without.
    """
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    errors = matrix * (1 - np.eye(len(matrix), dtype=np.int64))
    side = max(4.0, 0.29 * len(labels) + 1.5)
    figure, axes = _figure(side + 0.6, side)
    seaborn.heatmap(
        np.sqrt(share),
        annot=np.where(errors > 0, errors.astype(str), ""),
        fmt="",
        annot_kws={"fontsize": 6},
        cmap="Blues",
        vmin=0,
        vmax=1,
        square=True,
        linewidths=0.4,
        linecolor="0.93",
        xticklabels=list(labels),
        yticklabels=list(labels),
        cbar_kws={"shrink": 0.6, "label": "share of the true class (square root scale)"},
        ax=axes,
    )
    ticks = np.array([0, 0.01, 0.1, 0.25, 0.5, 1])
    axes.collections[0].colorbar.set_ticks(np.sqrt(ticks), labels=[f"{tick:g}" for tick in ticks])  # type: ignore[union-attr]
    axes.tick_params(axis="both", labelsize=8, rotation=0, length=0)
    axes.set(xlabel="read", ylabel="true", title=title)
    return _png(figure)


def calibration_png(confidence: ArrayLike, correct: ArrayLike) -> bytes:
    """Draw how often readings are right against how sure they claim to be; arguments as for ``metrics.reliability``."""
    means, shares, count = reliability(confidence, correct)
    figure, axes = _figure(4.5, 4.5)
    axes.grid(color="0.88", linewidth=0.6)
    axes.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="perfect")
    axes.plot(means, shares, marker="o", label="measured")
    for x, y, n in zip(means, shares, count, strict=True):
        axes.annotate(str(n), (x, y), (5, -9), textcoords="offset points", fontsize=7, color="0.4")
    error = expected_calibration_error(confidence, correct)
    axes.set(xlim=(0, 1.02), ylim=(0, 1.02), xlabel="confidence", ylabel="share right")
    axes.set_title(f"calibration error {error:.3f}, n = {count.sum()}")
    axes.legend(loc="upper left")
    return _png(figure)


def risk_coverage_png(confidence: ArrayLike, correct: ArrayLike) -> bytes:
    """Draw the share of wrong readings among the surest ones; arguments as for ``metrics.risk_coverage``."""
    coverage, risk = risk_coverage(confidence, correct)
    figure, axes = _figure(5.0, 4.0)
    axes.grid(color="0.88", linewidth=0.6)
    axes.plot(coverage, risk)
    axes.set(xlim=(0, 1), xlabel="coverage: share of pictures answered", ylabel="risk: share of those wrong")
    axes.set_ylim(bottom=0)
    axes.set_title(f"area {area_under_risk_coverage(confidence, correct):.3f}, n = {len(risk)}")
    return _png(figure)


def share_right_png(rows: Sequence[Mapping[str, float]], label: str) -> bytes:
    """Draw the share right over ranges of a quantity; ``rows`` as of ``metrics.share_right_by``."""
    figure, axes = _figure(max(6.0, 0.55 * len(rows)), 4.0)
    places = np.arange(len(rows))
    axes.grid(color="0.88", linewidth=0.6, axis="y")
    axes.plot(places, [row["share_right"] for row in rows], marker="o")
    for place, row in zip(places, rows, strict=True):
        axes.annotate(
            f"{row['share_right']:.3f}", (place, row["share_right"]), (0, 7), textcoords="offset points", ha="center"
        )
    ranges = [f"{a:g}" if a == b else f"{a:g} to {b:g}" for a, b in ((row["from"], row["to"]) for row in rows)]
    names = [f"{name}\nn = {row['n']:,}" for name, row in zip(ranges, rows, strict=True)]
    axes.set_xticks(places, names, fontsize=7)
    axes.set(xlabel=label, ylabel="share right", ylim=(0, 1.08))
    return _png(figure)


def curves_png(histories: Mapping[str, Sequence[Mapping[str, float]]]) -> bytes:
    """Draw the training runs of ``{name: rows, one an epoch}``: a row of panels a run, a panel a metric.

    ``epoch`` in the rows is not a metric. Raises ``ValueError`` for no rows.
    """
    empty = [name for name, rows in histories.items() if not rows]
    if empty or not histories:
        raise ValueError(
            f"histories: got nothing{' for ' + ', '.join(empty) if empty else ''}, expected rows of epochs"
        )
    panels = {name: [metric for metric in rows[0] if metric != "epoch"] for name, rows in histories.items()}
    columns = max(map(len, panels.values()))
    figure = Figure(figsize=(3.8 * columns, 2.8 * len(panels)), dpi=110, layout="constrained")
    for line, (name, metrics) in enumerate(panels.items()):
        for column, metric in enumerate(metrics):
            axes = figure.add_subplot(len(panels), columns, line * columns + column + 1)
            values = [row[metric] for row in histories[name]]
            axes.plot(range(1, len(values) + 1), values, marker="." if len(values) < 50 else "")
            axes.set(xlabel="epoch", title=f"{name}: {metric}")
            axes.grid(color="0.88", linewidth=0.6)
    return _png(figure)


def _figure(width: float, height: float) -> tuple[Figure, Axes]:
    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    return figure, figure.add_subplot()


def _png(figure: Figure) -> bytes:
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png")
    picture = Image.open(full).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    picture.save(small, "png", optimize=True)
    return small.getvalue()
