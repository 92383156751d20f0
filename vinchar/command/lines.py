"""A reading as lines of the command line's output: as text for people and pipes, as CSV, as JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from vinchar.reading import ROW, Reading, readings_to_rows, writable


@dataclass(frozen=True, slots=True)
class Kept:
    """What stays of the lines of an earlier run: ``text``, whole, and the status of each picture by its name there."""

    text: str
    statuses: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Format:
    """A form of output: what stands above all, the lines of a reading, what a path becomes in them.

    ``kept``: what stays of a whole text of them; pictures that could not be read are left out, to be tried again. It
    raises ``ValueError`` or ``KeyError`` for another text.
    """

    header: str
    lines: Callable[[str, Reading], str]
    name: Callable[[str], str]
    kept: Callable[[str], Kept]


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


def _kept_json(text: str) -> Kept:
    said = {line: json.loads(line) for line in text.splitlines(keepends=True)}
    good = {line: one for line, one in said.items() if one["status"] != "error"}
    return Kept("".join(good), {one["image"]: one["status"] for one in good.values()})


def _kept_csv(text: str) -> Kept:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if rows.fieldnames is None or tuple(rows.fieldnames) != ROW:
        raise ValueError(f"got the columns {rows.fieldnames}, expected {ROW}")
    good = [row for row in rows if row["status"] != "error"]
    statuses = {row["image"]: row["status"] for row in good if row["rank"] == "1"}
    return Kept(_csv_row(ROW) + "".join(_csv_row(list(row.values())) for row in good), statuses)


def _kept_text(text: str) -> Kept:
    """In text a picture without a VIN looks as one that could not be read, so both are tried again."""
    statuses: dict[str, str] = {}
    good = []
    for line in text.split("\n")[:-1]:
        what, parted, name = line.partition(", ")
        if not parted:
            raise ValueError(f"got {line!r}, expected what was read and the picture")
        if what != "-":
            good.append(line + "\n")
            statuses.setdefault(name, "uncertain" if what.endswith("?") else "ok")
    return Kept("".join(good), statuses)


FORMATS: dict[str, Format] = {
    "text": Format("", text_lines, _one_line, _kept_text),
    "csv": Format(_csv_row(ROW), csv_lines, str, _kept_csv),
    "jsonl": Format("", json_lines, writable, _kept_json),
}
