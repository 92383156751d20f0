"""The report's pictures, each returned as the bytes of a PNG. No display is needed and no global state is touched."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence

import numpy as np
import seaborn
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator
from numpy.typing import ArrayLike, NDArray
from PIL import Image

from vinchar.evaluation.metrics import (
    area_under_risk_coverage,
    binomial_interval,
    expected_calibration_error,
    reliability,
    risk_coverage,
)

FEW = 10  # pictures: a share of fewer says little
BLUE = "#1f77b4"
_COLOURS = 96  # of a picture: it is made of few, and a palette makes its file a third as big


def confusion_png(matrix: NDArray[np.int64], labels: Sequence[str], title: str = "") -> bytes:
    """Draw a confusion matrix, int64 (labels, labels), rows true.

    Colour is the share of the row, on a scale of its square root so that rare confusions show; the numbers are counts
    of errors, and the diagonal is left without.
    """
    share = matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)
    errors = matrix * (1 - np.eye(len(matrix), dtype=np.int64))
    side = max(4.0, 0.29 * len(labels) + 1.5)
    figure, axes = new_figure(side + 0.6, side)
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
    return png_of(figure)


def calibration_png(confidence: ArrayLike, correct: ArrayLike) -> bytes:
    """Draw how often readings are right against how sure they claim to be; arguments as for ``metrics.reliability``.

    Bars show the 95 % interval, hollow points stand for few pictures; below, how many there are of each confidence.
    """
    means, shares, count = reliability(confidence, correct)
    figure = Figure(figsize=(5.2, 5.2), dpi=110, layout="constrained")
    above, below = figure.subplots(2, height_ratios=(4, 1), sharex=True)
    above.plot([0, 1], [0, 1], color="0.6", linestyle="--", linewidth=1, label="perfect")
    _draw_shares(above, means, shares, count)
    above.set(xlim=(0, 1.02), ylim=(0, 1.03), ylabel="share right")
    error = expected_calibration_error(confidence, correct)
    above.set_title(f"calibration error {error:.3f}, n = {count.sum():,}")
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    bins = (np.minimum(np.floor(10 * means), 9) + 0.5) / 10
    bars = below.bar(bins, count, width=0.08, color=BLUE)
    below.bar_label(bars, [f"{n:,}" for n in count], fontsize=8, padding=1)
    below.set(xlabel="confidence", ylabel="pictures", ylim=(0, 1.35 * count.max(initial=1)))
    below.yaxis.set_major_locator(MaxNLocator(2, integer=True))
    for axes in (above, below):
        axes.grid(color="0.88", linewidth=0.6)
        axes.set_axisbelow(True)
    return png_of(figure)


def risk_coverage_png(confidence: ArrayLike, correct: ArrayLike) -> bytes:
    """Draw the share of wrong readings among the surest ones; arguments as for ``metrics.risk_coverage``."""
    coverage, risk = risk_coverage(confidence, correct)
    figure, axes = new_figure(5.2, 4.0)
    axes.grid(color="0.88", linewidth=0.6)
    axes.plot(coverage, risk, color=BLUE, marker="o" if len(risk) < FEW else "", clip_on=False)
    axes.set(xlim=(0, 1), ylim=(0, max(0.05, 1.1 * float(risk.max(initial=0)))))
    axes.set(xlabel="coverage: share of pictures taken, the surest first", ylabel="risk: share of those wrong")
    axes.set_title(f"area {area_under_risk_coverage(confidence, correct):.3f}, n = {len(risk):,}")
    return png_of(figure)


def share_right_png(rows: Sequence[Mapping[str, float]], label: str) -> bytes:
    """Draw the share right over ranges of a quantity, a line each; ``rows`` as of ``metrics.share_right_by``.

    Bars show the 95 % interval, hollow points stand for few pictures.
    """
    figure, axes = new_figure(5.2, 1.3 + 0.27 * len(rows))
    places = np.arange(len(rows))
    shares, count = np.array([row["share_right"] for row in rows]), np.array([int(row["n"]) for row in rows])
    lowest = _draw_shares(axes, places, shares, count, across=True)
    ranges = [f"{a:g}" if a == b else f"{a:g} to {b:g}" for a, b in ((row["from"], row["to"]) for row in rows)]
    axes.set_yticks(places, [f"{name}  (n = {n:,})" for name, n in zip(ranges, count, strict=True)], fontsize=8)
    values = axes.secondary_yaxis("right")  # beside the plot, where no point can hide them
    values.set_yticks(places, [f"{share:.3f}" for share in shares], fontsize=8)
    values.tick_params(length=0)
    axes.set(
        xlim=(max(0.0, np.floor(10 * lowest - 0.2) / 10), 1.01), ylim=(len(rows) - 0.4, -0.6), xlabel="share right"
    )
    axes.set_title(label, loc="left", fontsize=10)
    axes.grid(color="0.88", linewidth=0.6)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return png_of(figure)


def _draw_shares(
    axes: Axes, at: ArrayLike, shares: NDArray[np.float64], count: NDArray[np.int64], across: bool = False
) -> float:
    """Draw shares (N,), of ``count`` pictures each, with their intervals, and return where the lowest one begins.

    ``at`` (N,): their places on the other axis, which with ``across`` is the upright one.
    """
    bounds = [binomial_interval(round(share * n), int(n)) for share, n in zip(shares, count, strict=True)]
    low, high = np.array(bounds).reshape(-1, 2).T
    lengths = np.abs([shares - low, high - shares])
    where = np.asarray(at, np.float64)
    for some, fill, name in (
        (count >= FEW, BLUE, f"measured on {FEW} or more, 95 % interval"),
        (count < FEW, "white", f"on fewer than {FEW}"),
    ):
        if not some.any():
            continue
        x, y = (shares, where) if across else (where, shares)
        axes.errorbar(
            x[some],
            y[some],
            xerr=lengths[:, some] if across else None,
            yerr=None if across else lengths[:, some],
            fmt="o",
            color=BLUE,
            markerfacecolor=fill,
            markersize=5,
            linewidth=1,
            capsize=2,
            clip_on=False,
            zorder=3,
            label=name,
        )
    return float(low.min(initial=1.0))


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
    return png_of(figure)


def new_figure(width: float, height: float) -> tuple[Figure, Axes]:
    """Return a figure of that size, inches, and the axes that fill it."""
    figure = Figure(figsize=(width, height), dpi=110, layout="constrained")
    return figure, figure.add_subplot()


def png_of(figure: Figure) -> bytes:
    """Return a figure as the bytes of a PNG."""
    full, small = io.BytesIO(), io.BytesIO()
    figure.savefig(full, format="png")
    picture = Image.open(full).convert("RGB").quantize(_COLOURS, dither=Image.Dither.NONE)
    picture.save(small, "png", optimize=True)
    return small.getvalue()
