"""The pictures of the report on an adapted model, each returned as the bytes of a PNG."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import seaborn
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from vinchar.evaluation.adapted import Compared, Step
from vinchar.evaluation.plots import BLUE, new_figure, png_of

RED = "#c62828"


def differences_png(rows: Sequence[Compared]) -> bytes:
    """Draw the difference of each measure, after less before, with its 95 % interval; at least one, none NaN.

    Each has an axis of its own, as their units differ. To the right of 0 is better, also where less is better.
    """
    figure = Figure(figsize=(6.4, 0.85 * len(rows) + 0.5), dpi=110, layout="constrained")
    panels = figure.subplots(len(rows), squeeze=False)[:, 0]
    for axes, row in zip(panels, rows, strict=True):
        difference = row.after - row.before
        low, high = row.interval if row.interval and np.isfinite(row.interval).all() else (difference, difference)
        colour = RED if (difference > 0) == row.less_is_better and difference else BLUE
        axes.axvline(0, color="0.5", linewidth=1)
        axes.plot([low, high], [0, 0], color=colour, linewidth=2)
        axes.plot([difference], [0], color=colour, marker="o", markersize=7)
        reach = 1.15 * max(abs(low), abs(high), abs(difference), 0.01)
        axes.set(xlim=(reach, -reach) if row.less_is_better else (-reach, reach), ylim=(-1, 1), yticks=[])
        axes.set_title(f"{row.measure} ({difference:+.3f})", loc="left", fontsize=9)
        axes.tick_params(labelsize=8)
        axes.grid(color="0.88", linewidth=0.6)
        axes.spines[["left", "right", "top"]].set_visible(False)
    figure.supxlabel("worse than before  <   0   >  better than before", fontsize=9)
    return png_of(figure)


def steps_png(steps: Sequence[Step]) -> bytes:
    """Draw the log score of each thing that was tried, a line each, and the line of those kept; at least one."""
    figure, axes = new_figure(6.4, 1.1 + 0.32 * len(steps))
    kept = [(step.log_score, place) for place, step in enumerate(steps) if step.kept]
    if kept:
        scores, places = zip(*kept, strict=True)
        axes.step(scores, places, where="pre", color=BLUE, linewidth=1.2)
    for is_kept, fill, name in ((True, BLUE, "kept"), (False, "white", "not kept")):
        some = [(step.log_score, place) for place, step in enumerate(steps) if step.kept == is_kept]
        if some:
            axes.plot(*zip(*some, strict=True), "o", color=BLUE, markerfacecolor=fill, markersize=6, label=name)
    axes.set_yticks(range(len(steps)), [step.name for step in steps], fontsize=8)
    axes.set(ylim=(len(steps) - 0.5, -0.5), xlabel="log score of the validation part, nats (to the right is better)")
    axes.grid(color="0.88", linewidth=0.6)
    figure.legend(loc="outside lower center", ncols=2, fontsize=8, frameon=False)
    return png_of(figure)


def margins_png(margins: Sequence[tuple[float, float, float]]) -> bytes:
    """Draw the log score by margin, length across and height down, the first one framed; at least one."""
    lengths, heights = (sorted({one[axis] for one in margins}) for axis in (0, 1))
    table = np.full((len(heights), len(lengths)), np.nan)
    for length, height, score in margins:
        table[heights.index(height), lengths.index(length)] = score
    figure, axes = new_figure(2.2 + 0.75 * len(lengths), 1.4 + 0.45 * len(heights))
    seaborn.heatmap(
        table,
        annot=True,
        fmt=".2f",
        annot_kws={"fontsize": 8},
        cmap="Blues",
        linewidths=0.4,
        linecolor="0.93",
        xticklabels=[f"{length:g}" for length in lengths],
        yticklabels=[f"{height:g}" for height in heights],
        cbar_kws={"label": "log score, nats"},
        ax=axes,
    )
    corner = lengths.index(margins[0][0]), heights.index(margins[0][1])
    axes.add_patch(Rectangle(corner, 1, 1, fill=False, edgecolor=RED, linewidth=2.5, clip_on=False))
    axes.tick_params(axis="both", labelsize=8, rotation=0, length=0)
    axes.set(xlabel="times the length of the line", ylabel="times its height")
    return png_of(figure)
