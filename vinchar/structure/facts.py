"""Facts on how VINs are built: counts of what VINs begin with, and never a whole VIN or a serial number.

A folder of facts holds some of these tables, tab-separated, gzipped or not:

- ``squish_counts``: ``squish10`` (positions 1-8, 10, 11; ``_`` where one is not known), ``pos9`` (the character at
  position 9 where it is no valid check digit, ``V`` where it is one, with counts: ``0:3,V:1``), ``count``, ``kind``
  (``observed``, or ``prefix_list`` for a list that says what there is and not how often);
- ``serial_shape``: ``wmi``, the shares of digits at positions 12-17, how many VINs were counted;
- ``vpic_patterns``: NHTSA's patterns of what makers announce: WMI, positions 4-8, positions 10 on.
"""

from __future__ import annotations

import csv
import gzip
import io
import json
import math
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from vinchar.files import delimiter_of, write_whole
from vinchar.vin import ALPHABET, LENGTH, check_digit, validate

BEGINNING, NINTH, SERIAL = (0, 1, 2, 3, 4, 5, 6, 7, 9, 10), 8, range(11, 17)  # places, from 0
VALID = len(ALPHABET)  # stands at place 9 for a check digit that is right
UNKNOWN = -1
FACTS = Path(__file__).parent / "facts"  # what the shipped model is made from: its folders
PREFIX_WEIGHT, PATTERN_WEIGHT = 0.15, 0.1  # of a line in a list without counts, in VINs
MOST_OF_PATTERN = 4  # a pattern stands for at most so many of the beginnings that it allows
NEAR = 2  # characters: a reading that differs so little from a VIN may be of the same car

_PATTERN = re.compile(r"\[([^\]]*)\]|(.)")
_CHARACTERS = set(ALPHABET)
_CODE = bytes(ALPHABET.find(chr(i)) % 256 if chr(i) in ALPHABET else 255 for i in range(256))  # characters to indices
NOTHING = bytes([UNKNOWN % 256])


@dataclass(frozen=True, eq=False, slots=True)
class Facts:
    """What was counted: N rows, int8 (N, 17), and how much each weighs, float64 (N,).

    A row holds at each place an index into ``vin.ALPHABET``, or ``UNKNOWN``; at place 9 also ``VALID``; from place 12
    on 0 for a digit and 1 for a letter.
    """

    rows: NDArray[np.int8]
    weight: NDArray[np.float64]


def load(sources: Iterable[Path]) -> Facts:
    """Return all facts in folders of tables, and in lists of VINs (see ``read_vins``).

    Counts weigh as their square roots: a fleet of one model, seen a thousand times, says little more than ten do.
    Raises ``ValueError`` for a source that is neither, or in which there is nothing.
    """
    counted = _Counted({}, {})
    for source in sources:
        if source.is_dir():
            if not any(source.glob("*.tsv*")):
                raise ValueError(
                    f"{source}: got a folder without facts, expected squish_counts.tsv.gz or the like in it"
                )
            _count_tables(source, counted)
        else:
            _count_vins(read_vins(source), counted)
    totals: dict[str, int] = {}
    for (text, _), count in counted.squishes.items():
        totals[text] = totals.get(text, 0) + count
    for (text, ninth), count in counted.squishes.items():
        code = bytes([VALID]) if ninth == "V" else ninth.encode().translate(_CODE)
        counted.add(_row(text, code), count / math.sqrt(totals[text]))
    rows = np.frombuffer(b"".join(counted.rows), np.int8).reshape(-1, LENGTH)
    return Facts(rows, np.array(list(counted.rows.values()), np.float64))


@dataclass(frozen=True, eq=False, slots=True)
class _Counted:
    """What is being counted: how much each row weighs, as the bytes of ``Facts.rows``; and squishes, with place 9."""

    rows: dict[bytes, float]
    squishes: dict[tuple[str, str], int]

    def add(self, row: bytes, weight: float) -> None:
        self.rows[row] = self.rows.get(row, 0.0) + weight

    def add_squish(self, text: str, ninth: str, count: int) -> None:
        self.squishes[text, ninth] = self.squishes.get((text, ninth), 0) + count


def _count_vins(vins: Sequence[str], counted: _Counted) -> None:
    for vin in vins:
        counted.add_squish(*_squish(vin), 1)
    for wmi, serials in _serials(vins).items():
        shares = [_share(place) for place in zip(*serials, strict=True)]
        _count_serials(counted, wmi, shares, len(serials))


def _count_tables(folder: Path, counted: _Counted) -> None:
    for row in _table(folder, "squish_counts"):
        if row["kind"] == "prefix_list":
            counted.add(_row(row["squish10"], NOTHING), PREFIX_WEIGHT)
            continue
        for part in row["pos9"].split(","):
            ninth, _, count = part.partition(":")
            counted.add_squish(row["squish10"], ninth, int(count))
    for row in _table(folder, "serial_shape"):
        shares = [float(row[f"p{place + 1}"]) for place in SERIAL]
        _count_serials(counted, row["wmi"], shares, int(row["n"]))
    for row in _table(folder, "vpic_patterns"):
        for text, weight in _allowed(row["wmi"], row["pos4_8"], row["pos10_on"]):
            counted.add(_row(text, NOTHING), weight)


def read_vins(path: Path) -> list[str]:
    """Return the VINs of a list, each once, in order; what is none is left out.

    ``path``: a CSV with a column ``vin``, JSON lines of readings (those that are ``ok`` count), or a VIN a line. Raises
    ``ValueError`` where there is none in it.
    """
    text = path.read_text(encoding="utf-8-sig", errors="replace")
    lines = text.splitlines()
    found: Iterable[str]
    if lines and lines[0].startswith("{"):
        try:
            readings = [json.loads(line) for line in lines if line.strip()]
        except ValueError as error:
            raise ValueError(f"{path}: got broken JSON ({error})") from error
        readings = [one for one in readings if isinstance(one, dict)]
        found = (str(one["vin"]) for one in readings if one.get("status") == "ok" and one.get("kind") != "glyph")
    elif lines and "vin" in (header := [name.strip().lower() for name in next(_columns(lines[0]))]):
        column = header.index("vin")
        found = (row[column] for row in _columns(text) if len(row) > column)
    else:
        found = lines
    vins: dict[str, None] = {}
    for one in found:
        if len(one) != LENGTH or not _CHARACTERS.issuperset(one):  # so a million take a second, not ten
            try:
                one = validate(one)
            except ValueError:
                continue
        vins[one] = None
    if not vins:
        raise ValueError(f"{path}: got no VIN, expected a column vin, readings as JSON lines, or a VIN a line")
    return list(vins)


def _columns(text: str) -> Iterator[list[str]]:
    return csv.reader(io.StringIO(text), delimiter=delimiter_of(text))


def apart_from(vins: Sequence[str], others: Sequence[str]) -> list[str]:
    """Return the VINs that differ from each of the others in more than ``NEAR`` characters."""
    if not others:
        return list(vins)
    known = np.array([list(vin.encode()) for vin in others], np.uint8)
    return [vin for vin in vins if (known != np.frombuffer(vin.encode(), np.uint8)).sum(axis=1).min() > NEAR]


def write(vins: Sequence[str], folder: Path) -> None:
    """Write the facts in VINs as a folder of tables, without any whole VIN or serial number."""
    squishes: dict[str, Counter[str]] = {}
    for vin in vins:
        text, ninth = _squish(vin)
        squishes.setdefault(text, Counter())[ninth] += 1
    lines = ["squish10\tpos9\tcount\tkind"]
    for text, ninths in sorted(squishes.items()):
        classes = ",".join(f"{ninth}:{count}" for ninth, count in sorted(ninths.items()))
        lines.append(f"{text}\t{classes}\t{ninths.total()}\tobserved")
    shapes = ["wmi\t" + "\t".join(f"p{place + 1}" for place in SERIAL) + "\tn"]
    for wmi, some in sorted(_serials(vins).items()):
        shares = "\t".join(f"{_share(place):.4f}" for place in zip(*some, strict=True))
        shapes.append(f"{wmi}\t{shares}\t{len(some)}")
    folder.mkdir(parents=True, exist_ok=True)
    for name, table in (("squish_counts", lines), ("serial_shape", shapes)):
        write_whole(folder / f"{name}.tsv.gz", gzip.compress("\n".join([*table, ""]).encode(), mtime=0))


def _squish(vin: str) -> tuple[str, str]:
    """Return positions 1-8, 10, 11 of a VIN, and what stands at 9: ``V`` if it is the right check digit."""
    ninth = "V" if vin[NINTH] == check_digit(vin) else vin[NINTH] if vin[NINTH] != "V" else "_"  # V is no check digit
    return vin[:8] + vin[9:11], ninth


def _serials(vins: Sequence[str]) -> dict[str, list[str]]:
    """Return the last six characters of VINs by maker's code."""
    serials: dict[str, list[str]] = {}
    for vin in vins:
        serials.setdefault(vin[:3], []).append(vin[SERIAL[0] :])
    return serials


def _share(characters: Iterable[str]) -> float:
    digits = [char.isdigit() for char in characters]
    return sum(digits) / len(digits)


def _row(squish10: str, ninth: bytes) -> bytes:
    text = squish10.encode().translate(_CODE)
    return text[:8] + ninth + text[8:10] + NOTHING * len(SERIAL)


def _count_serials(counted: _Counted, wmi: str, shares: Sequence[float], count: int) -> None:
    """Count digits and letters at places 12-17, each place in rows of its own."""
    for place, share in zip(SERIAL, shares, strict=True):
        for kind, part in ((0, share), (1, 1 - share)):
            if part > 0:
                row = bytearray(NOTHING * LENGTH)
                row[:3], row[place] = wmi.encode().translate(_CODE), kind
                counted.add(bytes(row), part * math.sqrt(count))


def _allowed(wmi: str, middle: str, end: str) -> Iterator[tuple[str, float]]:
    """Yield beginnings that a maker's pattern allows, and how much each weighs."""
    if len(wmi) != 3 or not set(wmi) <= set(ALPHABET):
        return
    places = [*_classes(middle, 5), *_classes(end, 2)]
    if all(place == "_" for place in places):
        return
    many = math.prod(map(len, places))
    step = max(1, many // MOST_OF_PATTERN)
    some = [chosen for i, chosen in enumerate(product(*places)) if i % step == 0][:MOST_OF_PATTERN]
    for chosen in some:
        yield wmi + "".join(chosen), PATTERN_WEIGHT / len(some)


def _classes(pattern: str, count: int) -> list[str]:
    """Return the characters that a pattern allows at each of ``count`` places, ``_`` where it says nothing."""
    classes = []
    for match in _PATTERN.finditer(pattern):
        chosen = match.group(1) if match.group(1) is not None else match.group(2)
        ranges = re.sub(r"(.)-(.)", lambda ends: "".join(c for c in ALPHABET if ends[1] <= c <= ends[2]), chosen)
        classes.append("".join(c for c in ranges if c in ALPHABET) or "_")
    return (classes + ["_"] * count)[:count]


def _table(folder: Path, name: str) -> Iterator[dict[str, str]]:
    """Yield the rows of a table of a folder, none if it is not there."""
    for path in (folder / f"{name}.tsv.gz", folder / f"{name}.tsv"):
        if path.exists():
            raw = path.read_bytes()
            text = (gzip.decompress(raw) if path.suffix == ".gz" else raw).decode()
            yield from csv.DictReader(io.StringIO(text), delimiter="\t")
            return
