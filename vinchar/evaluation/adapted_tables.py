"""The files of the report on an adapted model that a spreadsheet or a program reads: tables, and one of JSON."""

from __future__ import annotations

import dataclasses
import json
import math
import os
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from vinchar.evaluation.adapted import Adapted, Compared, LeftOut, Suggested
from vinchar.evaluation.adapted_words import reason, turn, verdict
from vinchar.evaluation.reports import csv_text
from vinchar.reading import writable


def tables(folder: Path, made: Adapted) -> dict[str, str]:
    """Return the files by name, text; ``folder``: where they will lie, from which photos are named."""

    def image(path: Path) -> str:
        return str(path_from(folder, path))

    compared, suspects = map(_compared, made.compared), label_errors(made)
    files = {
        "comparison.csv": csv_text(
            ("on", "measure", "n", "before", "after", "difference", "low", "high", "less_is_better"),
            ([*row.values()] for row in compared),
        ),
        "label_errors.csv": csv_text(
            ("image", "label", "read", "confidence", "against"),
            ((image(one.path), one.label, one.read, f"{one.confidence:.4f}", f"{one.against:.2f}") for one in suspects),
        ),
        "left_out.csv": csv_text(
            ("image", "why", "label", "read", "confidence"),
            ((image(one.path), one.why, one.label, one.read, f"{one.confidence:.4f}") for one in made.left_out),
        ),
        # Image and VIN come first: with the VINs corrected this is a source of photos again.
        "suggested.csv": csv_text(
            ("image", "vin", "confidence", "worth", "why"),
            (
                (image(one.path), one.read, f"{one.confidence:.4f}", f"{one.worth:.4f}", one.why)
                for one in suggested(made)
            ),
        ),
        "changed.csv": csv_text(
            ("image", "label", "before", "after", "change"),
            ((image(one.path), one.label, one.before, one.after, turn(one)) for one in made.changed),
        ),
        "summary.json": json.dumps(_summary(made), indent=2, ensure_ascii=False, allow_nan=False) + "\n",
    }
    return {name: writable(text) for name, text in files.items()}


def path_from(folder: Path, path: Path) -> Path:
    """Return a photo's path from a folder; where there is none, as on another drive, the whole path."""
    place = os.path.join(os.path.realpath(path.parent), path.name)
    try:
        return Path(os.path.relpath(place, os.path.realpath(folder)))
    except ValueError:
        return Path(place)


def label_errors(made: Adapted) -> list[LeftOut]:
    """Return the photos whose label is likely wrong, those of the strongest evidence first."""
    return sorted((one for one in made.left_out if one.contradicts), key=lambda one: -one.against)


def suggested(made: Adapted) -> Sequence[Suggested]:
    """Return the photos to label next, those that are worth most first."""
    return sorted(made.suggested, key=lambda one: -one.worth)


def _compared(row: Compared) -> dict[str, Any]:
    """Return a row of the comparison, None for what is no number."""
    low, high = row.interval or (math.nan, math.nan)
    return {
        "on": row.on,
        "measure": row.measure,
        "n": row.n,
        "before": _number(row.before),
        "after": _number(row.after),
        "difference": _number(row.after - row.before),
        "low": _number(low),
        "high": _number(high),
        "less_is_better": row.less_is_better,
    }


def _summary(made: Adapted) -> dict[str, Any]:
    turns = Counter(map(turn, made.changed))
    return {
        "verdict": verdict(made),
        "better": made.better,
        "own_labels": made.own_labels,
        "place": None if made.place is None else str(made.place),
        "compared": [*map(_compared, made.compared)],
        "parts": {part: {"photos": photos, "vins": vins} for part, (photos, vins) in made.parts.items()},
        "taught": made.taught,
        "steps": [dataclasses.asdict(step) | {"log_score": _number(step.log_score)} for step in made.steps],
        "margins": [
            {"length": length, "height": height, "log_score": _number(score)} for length, height, score in made.margins
        ],
        "label_errors": len(label_errors(made)),
        "left_out": dict(Counter(map(reason, made.left_out)).most_common()),
        "changed": {name: turns[name] for name in ("fixed", "broken", "otherwise")},
        "suggested": len(made.suggested),
        "problems": [*made.problems],
        "facts": dict(made.facts),
    }


def _number(value: float) -> float | None:
    return round(float(value), 4) if math.isfinite(value) else None
