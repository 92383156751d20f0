"""A reading as one line of the command line's output: as text for people and pipes, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Sequence
from typing import Any

from vinchar.types import Reading

CSV_COLUMNS = (
    *("image", "kind", "vin", "status", "confidence", "check_digit"),
    *("maker", "region", "model_year", "reasons"),
)


def was_read(reading: Reading) -> bool:
    """Return whether the picture gave a text, surely or not."""
    return reading.vin is not None and reading.status in ("ok", "uncertain")


def text_line(path: str, reading: Reading) -> str:
    """Return ``090, path`` for a glyph, ``VIN, path`` for a VIN, with ``?`` where uncertain, and ``-, path`` for none.

    A line break in the path is printed as its escape, so that a picture stays a line.
    """
    what = "-"
    if was_read(reading) and reading.vin is not None:
        what = f"{ord(reading.vin):03d}" if reading.kind == "glyph" else reading.vin
        what += "?" if reading.status == "uncertain" else ""
    return f"{what}, " + path.replace("\r", "\\r").replace("\n", "\\n")


def csv_header() -> str:
    """Return the names of the columns of ``csv_line``."""
    return _csv_row(CSV_COLUMNS)


def csv_line(path: str, reading: Reading) -> str:
    """Return the columns ``CSV_COLUMNS``; several years are parted by spaces, several reasons by semicolons."""
    values = reading.to_dict() | {
        "image": path,
        "model_year": " ".join(map(str, reading.model_year)),
        "reasons": "; ".join(reading.reasons),
    }
    return _csv_row([values[column] for column in CSV_COLUMNS])


def json_line(path: str, reading: Reading) -> str:
    """Return one JSON object in ASCII; what is not UTF-8 in the path becomes U+FFFD."""
    return json.dumps(reading.to_dict() | {"image": os.fsencode(path).decode("utf-8", "replace")})


FORMATS: dict[str, Callable[[str, Reading], str]] = {"text": text_line, "csv": csv_line, "jsonl": json_line}


def _csv_row(values: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="").writerow(values)
    return buffer.getvalue()
