"""The owner's photos, read from tables, docTR folders and plain folders, each picture once.

A docTR folder holds ``images/`` and ``labels.json``, as its references for recognition and detection describe:

{"a.jpg": "1HGCM82633A004352"}                                                  recognition: cut-out strips
{"a.jpg": {"img_dimensions": [900, 600], "img_hash": "...", "polygons": [[[x, y], ... 4 points], ...]}}   detection
{"a.jpg": {..., "polygons": {"name of a class": [[[x, y], ... 4 points], ...]}}}        detection of several classes
"""

from __future__ import annotations

import hashlib
import json
import os
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

from vinchar.files import table_rows
from vinchar.imaging import find_pictures
from vinchar.pages import file_of
from vinchar.reading import writable
from vinchar.training.adapting.quads import POINTS, Floats, length_to_height, quad_of_cells, quad_of_polygon
from vinchar.vin import ALPHABET, LENGTH

PARTS = ("train", "validation", "test")
SPLITS = {"": "", "val": "validation"} | {part: part for part in PARTS}  # what a table may say, and what it means
LABELS, TABLE = "labels.json", "labels.csv"
SHOWN = 40  # characters of a text that is no VIN


@dataclass(frozen=True, eq=False, slots=True)
class Photo:
    """A photo, and what its source says of it.

    ``vin``: empty where nobody knows it. ``quad``: where the VIN stands, float32 (4, 2), in pixels of the upright
    photo, clockwise from the text's top left; of an upright box, from the box's own. ``part``: one of ``PARTS``, or
    empty.
    """

    path: Path
    vin: str = ""
    quad: Floats | None = None
    part: str = ""


@dataclass(frozen=True, eq=False, slots=True)
class Photos:
    """Photos whose VIN is known, photos without, and a sentence for each row or file that is left out."""

    labelled: tuple[Photo, ...]
    unlabelled: tuple[Photo, ...]
    problems: tuple[str, ...]


class _Row(NamedTuple):
    photo: Photo
    where: str  # file and line, for people


def read_photos(sources: Sequence[Path], unlabelled: Sequence[Path] = ()) -> Photos:
    """Return the photos of tables and docTR folders, and those in folders without labels, each picture once.

    ``sources``: CSV files with the columns ``image`` (a path from the file's folder), ``vin`` (17 characters; empty: an
    unlabelled photo), perhaps ``x0,y0,x1,y1`` (an upright box in pixels, end-exclusive) or ``x0,y0`` to ``x3,y3``
    (clockwise from the text's top left), perhaps ``split``; folders with such a ``labels.csv``; docTR folders.
    ``unlabelled``: picture files, and folders with pictures at any depth.

    A row that is wrong costs that row, and is a sentence in ``problems``. Pictures are looked for, not opened: one that
    is broken shows when it is read. The same picture, by its place or its bytes, counts once: with two VINs not at all,
    labelled before unlabelled, and a row without a VIN lends its box and its split to the one with it.
    Raises ``ValueError`` for a source that is missing or cannot be read, and where no photo is left.
    """
    problems: list[str] = []
    rows = [row for source in sources for row in _read_source(Path(source), problems)]
    kept = _each_once(rows, _read_folders(unlabelled, problems), problems)
    problems = [writable(problem) for problem in problems]
    if not kept:
        few = f", such as {'; '.join(problems[:3])}" if problems else ""
        raise ValueError(f"no photo to learn from: {len(problems)} rows or files were left out{few}")
    labelled, others = ([photo for photo in kept if bool(photo.vin) == known] for known in (True, False))
    return Photos(tuple(labelled), tuple(others), tuple(problems))


def _read_source(source: Path, problems: list[str]) -> list[_Row]:
    if not os.path.isdir(source):
        return (_read_doctr if source.suffix.lower() == ".json" else _read_table)(source, problems)
    inside = [source / name for name in (LABELS, TABLE) if os.path.isfile(source / name)]
    if len(inside) != 1:
        got = "both" if inside else "neither"
        what = f"a folder with {TABLE} in it, or a docTR folder of images/ and {LABELS}"
        raise ValueError(f"{source}: got {got} of {LABELS} and {TABLE}, expected {what}; or name the file itself")
    return _read_source(inside[0], problems)


def _read_table(table: Path, problems: list[str]) -> list[_Row]:
    """Return the rows of a CSV file that are right."""
    found: list[_Row] = []
    with table_rows(table, _text_of(table)) as rows:
        names = rows.fieldnames or ()
        if {"image", "vin"} - set(names):
            raise ValueError(f"{table}: got the columns {names}, expected 'image' and 'vin' among them")
        if tuple(name for name in POINTS if name in names) not in ((), POINTS[:4], POINTS):
            raise ValueError(
                f"{table}: got the columns {names}, expected all of {','.join(POINTS[:4])}, or of {','.join(POINTS)}"
            )
        for cells in rows:
            if not any(cells.values()):
                continue  # spreadsheets end in such rows
            _add(found, problems, f"{table}, line {rows.line_num}", _table_photo, table.parent, cells)
    return found


def _read_doctr(labels: Path, problems: list[str]) -> list[_Row]:
    """Return the entries of a docTR folder's labels that are right; strings are texts, objects hold polygons."""
    try:  # objects become tuples of pairs: a dict would hide that a name is there twice
        entries = json.loads(_text_of(labels), object_pairs_hook=tuple)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"{labels}: not JSON: {error}") from error
    if not isinstance(entries, tuple):
        raise ValueError(f"{labels}: got {type(entries).__name__}, expected an object of file names and their labels")
    found: list[_Row] = []
    for name, label in entries:
        read = _recognition_photo if isinstance(label, str) else _detection_photo
        _add(found, problems, f"{labels}, {name!r}", read, labels.parent / "images", name, label)
    return found


def _read_folders(paths: Sequence[Path], problems: list[str]) -> list[_Row]:
    """Return the pictures among files and in folders, without labels."""
    found: list[_Row] = []
    for path in paths:
        if not os.path.exists(file_of(path)[0]):
            raise ValueError(f"{path}: there is no such file or folder")
        if not find_pictures(path).paths:
            raise ValueError(f"{path}: got a folder without pictures, expected some in it or below")
    for picture in find_pictures(paths).paths:
        _add(found, problems, str(picture), lambda picture: Photo(_picture(picture)), picture)
    return found


def _add(found: list[_Row], problems: list[str], where: str, read: Callable[..., Photo], *what: Any) -> None:
    try:
        found.append(_Row(read(*what), where))
    except ValueError as error:
        problems.append(f"{where}: {error}")


def _text_of(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{path}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from error


def _table_photo(folder: Path, cells: dict[str | None, Any]) -> Photo:
    if any(cells.pop(None, ())):
        raise ValueError("got more cells than columns, expected quotes round a text that holds what parts the columns")
    texts = {name: (text or "").strip() for name, text in cells.items()}
    split = texts.get("split", "")
    if split.lower() not in SPLITS:
        raise ValueError(f"split: got {split!r}, expected {', '.join(filter(None, SPLITS))} or nothing")
    if not texts["image"]:
        raise ValueError("image: got nothing, expected the path of a picture")
    vin, quad = _vin(texts["vin"]), quad_of_cells([texts.get(name, "") for name in POINTS])
    return Photo(_picture(folder / texts["image"]), vin, quad, SPLITS[split.lower()])


def _recognition_photo(folder: Path, name: str, text: str) -> Photo:
    return Photo(_picture(folder / name), _vin(text))


def _detection_photo(folder: Path, name: str, label: Any) -> Photo:
    """Return a photo with its polygon that is longest for its height, of the class ``vin`` where there is one."""
    polygons = dict(label).get("polygons") if isinstance(label, tuple) else None
    classes: dict[str, Any] = dict(polygons) if isinstance(polygons, tuple) else {"": polygons}
    named = [some for key, some in classes.items() if key.lower() == "vin"]
    groups = named or list(classes.values())
    if not all(isinstance(some, list) for some in groups):
        raise ValueError("got neither a text nor polygons, expected a string or an object with a list 'polygons'")
    quads = [quad_of_polygon(polygon) for some in groups for polygon in some]
    return Photo(_picture(folder / name), quad=max(quads, key=length_to_height, default=None))


def _picture(path: Path) -> Path:
    file, _ = file_of(path)
    if not os.path.isfile(file):
        what = "a folder" if os.path.isdir(file) else "no such file"
        raise ValueError(f"image: got {what} at {str(path)!r}, expected a picture")
    if not os.path.getsize(file):
        raise ValueError(f"image: got an empty file at {str(path)!r}, expected a picture")
    return path


def _vin(text: str) -> str:
    """Return the VIN of a label in capitals, or nothing; raises ``ValueError`` that says what is wrong with it."""
    vin = "".join(char.upper() if char.isascii() else char for char in text.strip())  # a sharp s would become two
    if len(vin) == 1:
        raise ValueError(f"vin: got the single character {vin!r}, expected {LENGTH}: pictures of glyphs are no photos")
    if len(vin) not in (0, LENGTH):
        shown = vin if len(vin) <= SHOWN else vin[:SHOWN] + "..."
        raise ValueError(f"vin: got {len(vin)} characters in {shown!r}, expected {LENGTH}")
    for position, char in enumerate(vin, start=1):
        if char not in ALPHABET:
            never = f", but a VIN never holds it; is it {'1' if char == 'I' else '0'}?" if char in "IOQ" else ""
            expected = never or ", expected a digit or a letter except I, O, Q"
            raise ValueError(f"vin: got {char!r} at position {position} of {vin!r}{expected}")
    return vin


def _each_once(rows: list[_Row], loose: list[_Row], problems: list[str]) -> list[Photo]:
    """Return each picture of the sources' ``rows`` and of the unlabelled folders once, in their order."""
    both = [*rows, *loose]
    same: dict[str, list[int]] = {}
    for index, identity in enumerate(_identities([row.photo.path for row in both])):
        same.setdefault(identity, []).append(index)
    kept = []
    for indices in same.values():
        labelled = [both[i] for i in indices if both[i].photo.vin]
        blank = [both[i] for i in indices if i < len(rows) and not both[i].photo.vin]
        if len({row.photo.vin for row in labelled}) > 1:
            problems += [_contradicted(row, labelled) for row in labelled]
            labelled = []
        alike = labelled or blank or [both[i] for i in indices if i >= len(rows)]
        problems += [f"{row.where}: got the same picture as {alike[0].where}; it counts once" for row in alike[1:]]
        for row in alike[:1]:
            quad = next((one.photo.quad for one in (row, *blank) if one.photo.quad is not None), None)
            part = next((one.photo.part for one in (row, *blank) if one.photo.part), "")
            kept.append(replace(row.photo, quad=quad, part=part))
    return kept


def _contradicted(row: _Row, rows: list[_Row]) -> str:
    vin = row.photo.vin
    other = next(one for one in rows if one.photo.vin != vin)
    return f"{row.where}: got {vin!r} for the picture that is {other.photo.vin!r} in {other.where}; both are left out"


def _identities(paths: list[Path]) -> list[str]:
    """Return what is the same for the same picture: the real path, or a hash of files that are as long as another."""
    places = [file_of(os.path.realpath(path)) for path in paths]
    sizes = {file: os.path.getsize(file) for file, _ in places}
    alike = Counter(sizes.values())
    names = {file: _digest(file) if alike[size] > 1 else file for file, size in sizes.items()}
    return [names[file] if page is None else f"{names[file]}#{page}" for file, page in places]


def _digest(path: str) -> str:
    try:
        with open(path, "rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return path  # what cannot be opened shows when the photos are read
