"""The report on how pictures were read: a page to look at, and the files behind it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vinchar.evaluation import metrics, plots
from vinchar.evaluation.page import report_page
from vinchar.evaluation.provenance import Provenance
from vinchar.evaluation.reports import csv_text, write_classification, write_share_right
from vinchar.evaluation.scored import Scored
from vinchar.files import write_whole
from vinchar.reading import Reading
from vinchar.vin import LENGTH

HEIGHTS = (0, 6, 8, 10, 12, 16, 20, 26, 40, 10_000)  # pixels of the picture that a glyph is high
TILTS = (0, 2, 5, 10, 15, 20, 30, 45, 91)  # degrees from level, or from upside down
CONTRASTS = (0, 20, 40, 60, 90, 130, 256)  # grey levels between ink and ground
_HEADER = (
    *("image", "kind", "group", "truth", "read", "right", "edits", "cause", "status", "confidence"),
    *("check_digit", "reasons"),
)


def write_reading_report(
    folder: str | Path, scored: Sequence[Scored], provenance: Provenance | None = None
) -> dict[str, Any]:
    """Write how well pictures were read and return it; what was read wrongly has its cause already, if it was sought.

    VINs and single characters are scored apart. Writes ``index.html``, a page of all of it, ``summary.json``,
    ``readings.csv``, and for each of the two that occurs the files of ``write_classification`` over its characters,
    ``NAME_calibration.png`` and ``NAME_risk_coverage.png``, where NAME is ``vin`` or ``glyph``; ``vin_position``: the
    share right at each place; and, of the pictures in which a line was found, how many are right by its glyphs' height,
    its tilt and its contrast: ``vin_height``, ``vin_tilt``, ``vin_contrast``, ``.csv`` and ``.png`` each. Raises
    ``OSError`` where the files cannot be written.
    """
    folder = Path(folder)
    summary, shown = summarise(scored), dict[str, bytes]()
    for name, some in _by_kind(scored).items():
        confidence, correct = [one.reading.confidence for one in some], [one.right for one in some]
        for plot, png in (
            (f"{name}_calibration", plots.calibration_png(confidence, correct)),
            (f"{name}_risk_coverage", plots.risk_coverage_png(confidence, correct)),
        ):
            write_whole(folder / f"{plot}.png", png)
            shown[plot] = png
        if name == "vin":
            shown |= _write_by_place(folder, some)
        pairs = metrics.character_pairs([one.label.text for one in some], [one.reading.vin for one in some])
        shown[f"{name}_confusion"] = write_classification(folder, name, *pairs)
    write_whole(folder / "readings.csv", csv_text(_HEADER, map(_row, scored)))
    write_whole(folder / "summary.json", json.dumps(summary, indent=2) + "\n")
    write_whole(folder / "index.html", report_page(summary, shown, scored, provenance))
    return summary


def summarise(scored: Sequence[Scored]) -> dict[str, Any]:
    """Return how well pictures were read: the figures of ``vin`` and of ``glyph``, those that occur, and by group."""
    summary = {}
    for name, some in _by_kind(scored).items():
        summary[name] = _figures(some)
        groups = sorted({one.label.group for one in some} - {""})
        if groups:
            summary[name]["groups"] = {
                group: _figures([one for one in some if one.label.group == group]) for group in groups
            }
    return summary


def summary_text(summary: dict[str, Any]) -> str:
    """Return the summary of ``write_reading_report`` in a few lines for a person."""
    lines = []
    for name, of in summary.items():
        low, high = of["exact_match_interval"]
        right = "-" if of["ok_right"] is None else f"{of['ok_right']:.3f}"
        lines += [
            f"{name}: {of['n']} pictures, exact match {of['exact_match']:.3f} (95 % interval {low:.3f} to {high:.3f}), "
            f"character error rate {of['character_error_rate']:.3f}",
            f"  accepted {of['ok']:.3f}, accuracy of accepted {right}; calibration error "
            f"{of['calibration_error']:.3f}; area under risk and coverage {of['risk_coverage_area']:.3f}",
        ]
    return "\n".join(lines)


def _by_kind(scored: Sequence[Scored]) -> dict[str, list[Scored]]:
    """Return the readings of VINs and those of single characters, without a kind that does not occur."""
    kinds: dict[str, list[Scored]] = {"vin": [], "glyph": []}
    for one in scored:
        kinds["vin" if len(one.label.text) > 1 else "glyph"].append(one)
    return {name: some for name, some in kinds.items() if some}


def _figures(scored: Sequence[Scored]) -> dict[str, Any]:
    truths, texts = [one.label.text for one in scored], [one.reading.vin for one in scored]
    confidence = [one.reading.confidence for one in scored]
    status = [one.reading.status for one in scored]
    correct, ok = np.array([one.right for one in scored]), np.array(status) == "ok"
    causes = [one.cause for one in scored if one.cause]
    return {
        "n": len(scored),
        "exact_match": round(metrics.exact_match(truths, texts), 4),
        "exact_match_interval": [
            round(bound, 4) for bound in metrics.binomial_interval(int(correct.sum()), len(correct))
        ],
        "character_error_rate": round(metrics.character_error_rate(truths, texts), 4),
        "ok": round(float(ok.mean()), 4),
        "ok_right": round(float(correct[ok].mean()), 4) if ok.any() else None,
        "status": {name: status.count(name) for name in ("ok", "uncertain", "not_found", "error")},
        # The dearest error: nothing about the number itself gives it away.
        "ok_wrong_with_valid_check_digit": sum(
            one.reading.status == "ok" and not one.right and one.reading.check_digit == "valid" for one in scored
        ),
        "calibration_error": round(metrics.expected_calibration_error(confidence, correct), 4),
        "risk_coverage_area": round(metrics.area_under_risk_coverage(confidence, correct), 4),
        "compared": sum(map(metrics.is_comparable, truths, texts)),  # readings whose characters are compared
        "position_accuracy": metrics.position_accuracy(truths, texts).round(4).tolist(),
        "causes": {cause: causes.count(cause) for cause in dict.fromkeys(causes)},
    }


def _write_by_place(folder: Path, scored: Sequence[Scored]) -> dict[str, bytes]:
    """Write the share that is right by place in the VIN and by what the line looks like; return the plots."""
    truths, texts = [one.label.text for one in scored], [one.reading.vin for one in scored]
    by_place = metrics.position_accuracy(truths, texts)
    rows = [
        {"from": place, "to": place, "n": len(scored), "share_right": float(share)}
        for place, share in enumerate(by_place, 1)
    ]
    tables = {"vin_position": (rows, "place in the VIN")}
    found = [one for one in scored if len(one.reading.characters) == LENGTH]
    right = [one.right for one in found]
    measured = np.array([(*_height_and_tilt(one.reading), _contrast(one.reading)) for one in found]).reshape(-1, 3)
    for name, values, edges, label in (
        ("vin_height", measured[:, 0], HEIGHTS, "height of a glyph in the picture, pixels"),
        ("vin_tilt", measured[:, 1], TILTS, "tilt of the line, degrees"),
        ("vin_contrast", measured[:, 2], CONTRASTS, "contrast between ink and ground, grey levels"),
    ):
        tables[name] = (metrics.share_right_by(values, right, edges), label)
    return {name: write_share_right(folder, name, rows, label) for name, (rows, label) in tables.items() if rows}


def _height_and_tilt(reading: Reading) -> tuple[float, float]:
    """Return the median height of a reading's glyphs in pixels and the tilt of their line, 0 to 90 degrees."""
    quads = np.stack([character.quad for character in reading.characters])
    x, y = quads[-1].mean(axis=0) - quads[0].mean(axis=0)
    tall = np.linalg.norm((quads[:, 0] + quads[:, 1] - quads[:, 2] - quads[:, 3]) / 2, axis=1)
    return float(np.median(tall)), float(np.degrees(np.arctan2(abs(y), abs(x))))


def _contrast(reading: Reading) -> float:
    return reading.quality.get("contrast", float("nan"))  # a barcode's or a caller's own reading has none


def _row(one: Scored) -> list[Any]:
    reading, truth = one.reading, one.label.text
    return [
        *(one.name, reading.kind, one.label.group, truth, reading.vin or "", int(one.right)),
        *(metrics.edit_distance(truth, reading.vin or ""), one.cause or "", reading.status),
        *(f"{reading.confidence:.4f}", reading.check_digit or "", "; ".join(reading.reasons)),
    ]
