"""Write what was measured: texts and tables to read, JSON and CSV to work on, pictures to look at."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.evaluation import metrics, plots
from vinchar.evaluation.page import image_name, report_page
from vinchar.files import write_whole
from vinchar.types import Reading
from vinchar.vin import ALPHABET

HEIGHTS = (0, 6, 8, 10, 12, 16, 20, 26, 40, 10_000)  # pixels of the picture that a glyph is high
TILTS = (0, 2, 5, 10, 15, 20, 30, 45, 91)  # degrees from level, or from upside down
Classes = Sequence[str] | Sequence[int] | NDArray[Any]


def write_classification(
    folder: str | Path, name: str, y_true: Classes, y_pred: Classes, labels: Sequence[str] = ALPHABET
) -> None:
    """Write how well single characters are told apart.

    ``y_true``, ``y_pred`` (N,): labels, or integers that index ``labels``. Writes ``NAME_report.txt``,
    ``NAME_report.csv``, ``NAME_confusion.csv`` and ``NAME_confusion.png``. Raises ``ValueError`` for classes that are
    not among the labels, ``OSError`` where the files cannot be written.
    """
    folder = Path(folder)
    true, read = _labels_of(y_true, labels), _labels_of(y_pred, labels)
    rows = metrics.classification_rows(true, read, labels)
    matrix = metrics.confusion(true, read, labels)
    total = int(matrix.sum())
    accuracy = float(np.trace(matrix)) / total if total else 0.0
    rows += _averages(rows)
    write_whole(folder / f"{name}_report.txt", _report_text(rows, matrix, labels, accuracy))
    write_whole(folder / f"{name}_report.csv", _csv(list(rows[0]), (_rounded(row).values() for row in rows)))
    table = ([label, *counts] for label, counts in zip(labels, matrix.tolist(), strict=True))
    write_whole(folder / f"{name}_confusion.csv", _csv(["true \\ read", *labels], table))
    title = f"{name}: {accuracy:.4f} of {total:,} right"
    write_whole(folder / f"{name}_confusion.png", plots.confusion_png(matrix, labels, title))


def write_share_right(folder: str | Path, name: str, rows: Sequence[Mapping[str, Any]], label: str) -> None:
    """Write ``NAME.csv`` and ``NAME.png``: the share right over ranges of the quantity that ``label`` names.

    ``rows`` as of ``metrics.share_right_by``, at least one. Raises ``OSError`` where the files cannot be written.
    """
    folder = Path(folder)
    write_whole(folder / f"{name}.csv", _csv(list(rows[0]), (_rounded(row).values() for row in rows)))
    write_whole(folder / f"{name}.png", plots.share_right_png(rows, label))


def write_reading_report(folder: str | Path, readings: Sequence[Reading], truths: Sequence[str]) -> dict[str, Any]:
    """Write how well pictures were read, against the true text of each (a VIN, or one character), and return it.

    VINs and single characters are scored apart. Writes ``index.html``, a page of all of it, ``summary.json``,
    ``readings.csv``, and for each of the two that occurs the files of ``write_classification`` over its characters,
    ``NAME_calibration.png`` and ``NAME_risk_coverage.png``, where NAME is ``vin`` or ``glyph``; and, of the pictures in
    which a line was found, how many are right by its glyphs' height and by its tilt: ``vin_height`` and ``vin_tilt``,
    ``.csv`` and ``.png``. Raises ``ValueError`` for unequal lengths, ``OSError`` where the files cannot be written.
    """
    folder = Path(folder)
    if len(readings) != len(truths):
        raise ValueError(f"got {len(readings)} readings for {len(truths)} truths, expected one for each")
    pairs = list(zip(readings, truths, strict=True))
    summary: dict[str, Any] = {}
    shown: dict[str, bytes] = {}
    for name, group in (
        ("vin", [pair for pair in pairs if len(pair[1]) > 1]),
        ("glyph", [pair for pair in pairs if len(pair[1]) == 1]),
    ):
        if not group:
            continue
        true, read = [truth for _, truth in group], [reading.vin for reading, _ in group]
        confidence = [reading.confidence for reading, _ in group]
        correct = [reading.vin == truth for reading, truth in group]
        summary[name] = _summary(group)
        write_classification(folder, name, *metrics.character_pairs(true, read))
        shown[f"{name}_calibration"] = plots.calibration_png(confidence, correct)
        shown[f"{name}_risk_coverage"] = plots.risk_coverage_png(confidence, correct)
        for plot in (f"{name}_calibration", f"{name}_risk_coverage"):
            write_whole(folder / f"{plot}.png", shown[plot])
        if name == "vin":
            shown |= _write_by_place(folder, group)
        shown[f"{name}_confusion"] = (folder / f"{name}_confusion.png").read_bytes()
    header = ["image", "kind", "truth", "read", "right", "edits", "status", "confidence", "reasons"]
    write_whole(folder / "readings.csv", _csv(header, (_reading_row(reading, truth) for reading, truth in pairs)))
    write_whole(folder / "summary.json", json.dumps(summary, indent=2) + "\n")
    write_whole(folder / "index.html", report_page(summary, shown, pairs))
    return summary


def _write_by_place(folder: Path, group: Sequence[tuple[Reading, str]]) -> dict[str, bytes]:
    """Write the share of readings that are right by height and by tilt of the line; return the plots."""
    found = [(reading, truth) for reading, truth in group if len(reading.characters) > 1]
    if not found:
        return {}
    right = [reading.vin == truth for reading, truth in found]
    places = np.array([_height_and_tilt(reading) for reading, _ in found])
    shown = {}
    for name, values, edges, label in (
        ("vin_height", places[:, 0], HEIGHTS, "height of a glyph in the picture, pixels"),
        ("vin_tilt", places[:, 1], TILTS, "tilt of the line, degrees"),
    ):
        write_share_right(folder, name, metrics.share_right_by(values, right, edges), label)
        shown[name] = (folder / f"{name}.png").read_bytes()
    return shown


def _height_and_tilt(reading: Reading) -> tuple[float, float]:
    """Return the median height of a reading's glyphs in pixels and the tilt of their line, 0 to 90 degrees."""
    quads = np.stack([character.quad for character in reading.characters])
    x, y = quads[-1].mean(axis=0) - quads[0].mean(axis=0)
    tall = np.linalg.norm((quads[:, 0] + quads[:, 1] - quads[:, 2] - quads[:, 3]) / 2, axis=1)
    return float(np.median(tall)), float(np.degrees(np.arctan2(abs(y), abs(x))))


def write_curves(
    folder: str | Path, histories: Mapping[str, Sequence[Mapping[str, float]]], name: str = "curves"
) -> None:
    """Write ``NAME.png``: the metrics of training runs by epoch, given as ``{run: rows, one an epoch}``."""
    write_whole(Path(folder) / f"{name}.png", plots.curves_png(histories))


def summary_text(summary: Mapping[str, Any]) -> str:
    """Return the summary of ``write_reading_report`` in a few lines for a person."""
    lines = []
    for name, of in summary.items():
        low, high = of["exact_match_interval"]
        lines += [
            f"{name}: {of['n']} pictures, exact match {of['exact_match']:.3f} (95 % interval {low:.3f} to {high:.3f}), "
            f"character error rate {of['character_error_rate']:.3f}",
            f"  called ok {of['ok']:.3f}, of those right {_text(of['ok_right'])}; calibration error "
            f"{of['calibration_error']:.3f}; area under risk and coverage {of['risk_coverage_area']:.3f}",
        ]
    return "\n".join(lines)


def _summary(group: Sequence[tuple[Reading, str]]) -> dict[str, Any]:
    readings, truths = [reading for reading, _ in group], [truth for _, truth in group]
    texts = [reading.vin for reading in readings]
    confidence = [reading.confidence for reading in readings]
    correct = np.array([text == truth for text, truth in zip(texts, truths, strict=True)])
    ok = np.array([reading.status == "ok" for reading in readings])
    status = [reading.status for reading in readings]
    return {
        "n": len(group),
        "exact_match": round(metrics.exact_match(truths, texts), 4),
        "exact_match_interval": [round(bound, 4) for bound in metrics.bootstrap_interval(correct)],
        "character_error_rate": round(metrics.character_error_rate(truths, texts), 4),
        "ok": round(float(ok.mean()), 4),
        "ok_right": round(float(correct[ok].mean()), 4) if ok.any() else None,
        "status": {name: status.count(name) for name in ("ok", "uncertain", "not_found", "error")},
        "calibration_error": round(metrics.expected_calibration_error(confidence, correct), 4),
        "risk_coverage_area": round(metrics.area_under_risk_coverage(confidence, correct), 4),
        "position_accuracy": metrics.position_accuracy(truths, texts).round(4).tolist(),
    }


def _labels_of(classes: Classes, labels: Sequence[str]) -> list[str]:
    array = np.asarray(classes)
    if array.dtype.kind not in "iu":
        return [str(label) for label in array]
    if len(array) and (array.min() < 0 or array.max() >= len(labels)):
        raise ValueError(f"got classes {array.min()} to {array.max()}, expected indices from 0 to {len(labels) - 1}")
    return [labels[index] for index in array]


def _averages(rows: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """Return the plain mean over classes that occur, and the mean weighted by how often they do."""
    support = np.array([row["support"] for row in rows])
    averages = []
    for name, weights in (("macro average", (support > 0).astype(float)), ("weighted average", support.astype(float))):
        row: dict[str, Any] = {"class": name}
        for ratio in ("precision", "recall", "f1"):
            values = [one[ratio] for one in rows]
            row[ratio] = float(np.average(values, weights=weights)) if weights.any() else 0.0
        averages.append(row | {"support": int(support.sum())})
    return averages


def _report_text(
    rows: Sequence[Mapping[str, Any]], matrix: NDArray[np.int64], labels: Sequence[str], accuracy: float
) -> str:
    lines = [f"{'class':<16} {'precision':>9} {'recall':>9} {'f1':>9} {'support':>9}"]
    for row in rows:
        ratios = " ".join(f"{row[ratio]:9.4f}" for ratio in ("precision", "recall", "f1"))
        lines.append(f"{row['class']:<16} {ratios} {row['support']:9d}")
    lines += ["", f"accuracy {accuracy:.4f} of {int(matrix.sum())}"]
    errors = matrix * (1 - np.eye(len(matrix), dtype=np.int64))
    order = np.argsort(-errors, axis=None, kind="stable")[:12]
    worst = [(int(i), int(j)) for i, j in zip(*np.unravel_index(order, errors.shape), strict=True) if errors[i, j]]
    if worst:
        lines.append("most frequent errors, true to read: ")
        lines[-1] += ", ".join(f"{labels[i]} to {labels[j]} {errors[i, j]}" for i, j in worst)
    return "\n".join(lines) + "\n"


def _reading_row(reading: Reading, truth: str) -> list[Any]:
    edits = metrics.edit_distance(truth, reading.vin or "")
    return [
        *(image_name(reading), reading.kind, truth, reading.vin or "", int(reading.vin == truth), edits),
        *(reading.status, f"{reading.confidence:.4f}", "; ".join(reading.reasons)),
    ]


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}


def _csv(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()


def _text(share: float | None) -> str:
    return "-" if share is None else f"{share:.3f}"
