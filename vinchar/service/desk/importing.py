"""Pictures from folders and tables to the desk, each read once, so that there is something to confirm."""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import cv2

from vinchar.files import table_rows
from vinchar.filetypes import HEAD, type_of
from vinchar.imaging import ImageError, find_pictures, load, read_file
from vinchar.pages import file_of
from vinchar.reading import Reading, writable
from vinchar.service.desk.store import NewTask, NoSuchTask, Store

ReadPicture = Callable[[bytes, str], Reading]  # a file's bytes and name
SPLITS = {"": "", "val": "validation", "train": "train", "validation": "validation", "test": "test"}


@dataclass(frozen=True, slots=True)
class Candidate:
    """A picture to import: its ``name`` from the folder or table that named it, and what a table says of it.

    ``worth``: see ``store.NewTask``. ``split``: the part of the labels that it is for, or empty.
    """

    path: Path
    name: str
    worth: float | None = None
    split: str = ""


class Candidates(NamedTuple):
    """The pictures of some sources, and a sentence for each row of a table that is left out."""

    pictures: tuple[Candidate, ...]
    problems: tuple[str, ...]


class Imported(NamedTuple):
    """How many pictures were ``added``, were ``known`` before, and were ``refused``."""

    added: int
    known: int
    refused: int


def find_candidates(sources: Sequence[Path]) -> Candidates:
    """Return the pictures of files, folders at any depth, and CSV files, in order.

    A table has the column ``image``, a path from its own folder, and perhaps ``split`` and ``worth``: with these what
    ``vinchar adapt --suggest`` names keeps its order. Its column ``vin`` is not looked at: it holds what a model read.
    Raises ``ValueError`` for a source that is missing, is no table, or is a folder without pictures.
    """
    found: list[Candidate] = []
    problems: list[str] = []
    for source in sources:
        if not os.path.lexists(file_of(source)[0]):
            raise ValueError(f"{source}: there is no such file or folder")
        if source.suffix.lower() == ".csv":
            _read_table(source, found, problems)
            continue
        pictures = find_pictures(source).paths
        if not pictures:
            raise ValueError(f"{source}: got a folder without pictures, expected some in it or below")
        folder = source if source.is_dir() else source.parent
        found += [Candidate(path, path.relative_to(folder).as_posix()) for path in pictures]
    return Candidates(tuple(found), tuple(map(writable, problems)))


def import_pictures(
    store: Store,
    pictures: Sequence[Candidate],
    read: ReadPicture,
    looks: int,
    say: Callable[[str], object],
    advance: Callable[[], object],
) -> Imported:
    """Read pictures and keep them to be labelled.

    One that is at the desk already is not read again: it is to stay, and a table's ``worth`` is taken over. ``say`` is
    told a sentence for each picture that cannot be used, ``advance`` is called after each one.
    """
    added = known = refused = 0
    for one in pictures:
        try:
            if _import(store, one, read, looks):
                added += 1
            else:
                known += 1
        except ImageError as error:
            refused += 1
            say(f"left out: {writable(str(one.path))}: {error}")
        advance()
    return Imported(added, known, refused)


def _import(store: Store, one: Candidate, read: ReadPicture, looks: int) -> bool:
    """Tell whether a picture is new to the desk, which keeps it. Raises ``ImageError`` for one that cannot be used."""
    data = _bytes_of(one.path)
    kind = type_of(data[:HEAD])
    if kind is not None and kind.format:  # it would be read, but could not be shown
        raise ImageError(kind.refusal, "unsupported-format")
    found = store.find(data)
    if found is not None:
        try:
            store.keep(found, one.worth)
            return False
        except NoSuchTask:  # it was deleted just now
            pass
    reading = read(data, one.name)
    if reading.status == "error":
        raise ImageError("; ".join(reading.reasons))
    origin = writable(os.path.abspath(one.path))
    new = NewTask(data, writable(one.name), reading, origin, looks=looks, worth=one.worth, split=one.split)
    store.add(new)
    return True


def _bytes_of(path: Path) -> bytes:
    """Return the bytes of a picture file; of a page of a file that has several, those of a picture of it."""
    file, page = file_of(path)
    if page is None:
        return read_file(file)
    _, encoded = cv2.imencode(".png", load(path, color=True))
    return encoded.tobytes()


def _read_table(table: Path, found: list[Candidate], problems: list[str]) -> None:
    try:
        text = table.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ValueError(f"{table}: {getattr(error, 'strerror', None) or 'not text in UTF-8'}") from error
    with table_rows(table, text) as rows:
        if "image" not in (rows.fieldnames or ()):
            raise ValueError(f"{table}: got the columns {rows.fieldnames or []}, expected 'image' among them")
        for cells in rows:
            if not any(cells.values()):
                continue  # spreadsheets end in such rows
            try:
                found.append(_candidate(table.parent, cells))
            except ValueError as error:
                problems.append(f"{table}, line {rows.line_num}: {error}")


def _candidate(folder: Path, cells: dict[str | None, Any]) -> Candidate:
    if any(cells.pop(None, ())):
        raise ValueError("got more cells than columns, expected quotes round a text that holds what parts the columns")
    texts = {name: (text or "").strip() for name, text in cells.items()}
    image, split, worth = (texts.get(name, "") for name in ("image", "split", "worth"))
    if not image:
        raise ValueError("image: got nothing, expected the path of a picture")
    if split.lower() not in SPLITS:
        raise ValueError(f"split: got {split!r}, expected {', '.join(filter(None, SPLITS))} or nothing")
    return Candidate(folder / image, image, _number(worth), SPLITS[split.lower()])


def _number(worth: str) -> float | None:
    try:
        value = float(worth) if worth else None
    except ValueError:
        value = float("nan")
    if value is not None and not abs(value) < float("inf"):
        raise ValueError(f"worth: got {worth!r}, expected a number or nothing")
    return value
