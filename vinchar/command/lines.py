"""A reading as lines of the command line's output: as text for people and pipes, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vinchar.reading import ROW, Reading, readings_to_rows, writable


@dataclass(frozen=True, slots=True)
class Format:
    """A form of output: what stands above all, the lines of a reading, and how to find the pictures in such lines.

    ``name``: what a path becomes in them; ``named``: those of all pictures in a whole text.
    """

    header: str
    lines: Callable[[str, Reading], str]
    name: Callable[[str], str]
    named: Callable[[str], set[str]]


def was_read(reading: Reading) -> bool:
    """Return whether the picture gave a text, surely or not."""
    return reading.vin is not None and reading.status in ("ok", "uncertain")


def text_lines(path: str, reading: Reading) -> str:
    """Return a line for every VIN: ``VIN, path``, with ``?`` where uncertain; ``090, path`` for a glyph, ``-, path``.

    A line break in the path is printed as its escape, so that a picture stays a line.
    """
    return "".join(f"{_what(one)}, {_one_line(path)}\n" for one in (reading, *reading.others))


def _what(reading: Reading) -> str:
    if not was_read(reading) or reading.vin is None:
        return "-"
    text = f"{ord(reading.vin):03d}" if reading.kind == "glyph" else reading.vin
    return text + ("?" if reading.status == "uncertain" else "")


def _one_line(path: str) -> str:
    return path.replace("\r", "\\r").replace("\n", "\\n")


def csv_lines(path: str, reading: Reading) -> str:
    """Return a row of the columns ``reading.ROW`` for every VIN."""
    return "".join(_csv_row([*(row | {"image": path}).values()]) for row in readings_to_rows([reading]))


def json_lines(path: str, reading: Reading) -> str:
    """Return one JSON object in ASCII, with the other VINs of the picture in it."""
    return replace(reading, image=path).to_json() + "\n"


def _csv_row(values: Sequence[Any]) -> str:
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerow(values)
    return buffer.getvalue()


def _named_in_json(text: str) -> set[str]:
    return {json.loads(line)["image"] for line in text.splitlines()}


def _named_in_csv(text: str) -> set[str]:
    return {row["image"] for row in csv.DictReader(io.StringIO(text, newline=""))}


def _named_in_text(text: str) -> set[str]:
    return {line.partition(", ")[2] for line in text.split("\n") if line}


FORMATS: dict[str, Format] = {
    "text": Format("", text_lines, _one_line, _named_in_text),
    "csv": Format(_csv_row(ROW), csv_lines, str, _named_in_csv),
    "jsonl": Format("", json_lines, writable, _named_in_json),
}
