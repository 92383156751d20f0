"""Write what was measured: texts and tables to read, JSON and CSV to work on, pictures to look at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from vinchar.evaluation import metrics, plots
from vinchar.files import write_whole
from vinchar.vin import ALPHABET

Classes = Sequence[str] | Sequence[int] | NDArray[Any]


def write_classification(
    folder: str | Path, name: str, y_true: Classes, y_pred: Classes, labels: Sequence[str] = ALPHABET
) -> bytes:
    """Write how well single characters are told apart, and return the picture of it, a PNG.

    ``y_true``, ``y_pred`` (N,): labels, or integers that index ``labels``. Writes ``NAME_report.txt``,
    ``NAME_report.csv``, ``NAME_confusion.csv`` (counts), ``NAME_confusion_shares.csv`` (of each true class) and
    ``NAME_confusion.png`` (both). Raises ``ValueError`` for classes that are not among the labels, ``OSError`` where
    the files cannot be written.
    """
    folder = Path(folder)
    true, read = _labels_of(y_true, labels), _labels_of(y_pred, labels)
    rows = metrics.classification_rows(true, read, labels)
    matrix = metrics.confusion(true, read, labels)
    total = int(matrix.sum())
    accuracy = float(np.trace(matrix)) / total if total else 0.0
    rows += _averages(rows)
    write_whole(folder / f"{name}_report.txt", _report_text(rows, matrix, labels, accuracy))
    write_whole(folder / f"{name}_report.csv", csv_text(list(rows[0]), (_rounded(row).values() for row in rows)))
    shares = (matrix / np.maximum(matrix.sum(axis=1, keepdims=True), 1)).round(4)
    for file, table in ((f"{name}_confusion.csv", matrix), (f"{name}_confusion_shares.csv", shares)):
        lines = ([label, *row] for label, row in zip(labels, table.tolist(), strict=True))
        write_whole(folder / file, csv_text(["true \\ read", *labels], lines))
    title = f"{name}: {accuracy:.4f} of {total:,} characters right"
    png = plots.confusion_png(matrix, labels, title)
    write_whole(folder / f"{name}_confusion.png", png)
    return png


def write_share_right(folder: str | Path, name: str, rows: Sequence[Mapping[str, Any]], label: str) -> bytes:
    """Write ``NAME.csv`` and ``NAME.png``: the share right over ranges of what ``label`` names. Returns the PNG.

    ``rows`` as of ``metrics.share_right_by``, at least one. Raises ``OSError`` where the files cannot be written.
    """
    folder = Path(folder)
    write_whole(folder / f"{name}.csv", csv_text(list(rows[0]), (_rounded(row).values() for row in rows)))
    png = plots.share_right_png(rows, label)
    write_whole(folder / f"{name}.png", png)
    return png


def write_curves(
    folder: str | Path, histories: Mapping[str, Sequence[Mapping[str, float]]], name: str = "curves"
) -> None:
    """Write ``NAME.png``: the metrics of training runs by epoch, given as ``{run: rows, one an epoch}``."""
    write_whole(Path(folder) / f"{name}.png", plots.curves_png(histories))


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


def _rounded(row: Mapping[str, Any]) -> dict[str, Any]:
    return {key: round(value, 4) if isinstance(value, float) else value for key, value in row.items()}


def csv_text(header: Sequence[str], rows: Iterable[Iterable[Any]]) -> str:
    """Return a table as CSV."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return buffer.getvalue()
