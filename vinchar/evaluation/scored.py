"""A reading beside what is really there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from vinchar.files import table_rows
from vinchar.imaging import Picture, Source, Url, find_pictures
from vinchar.reading import Reading, writable
from vinchar.vin import ALPHABET, LENGTH


class Label(NamedTuple):
    """What a picture shows: ``text``, a VIN or one character, and the kind of picture, if labels tell kinds apart."""

    text: str
    group: str = ""

    def score(self, reading: Reading, source: Source) -> Scored:
        """Return the reading of the picture ``source`` beside this label."""
        return Scored(reading, self, source)


@dataclass(frozen=True, eq=False, slots=True)
class Scored:
    """A reading and what its picture, ``source``, really shows; ``cause``: why it is wrong, of ``causes.CAUSES``."""

    reading: Reading
    label: Label
    source: Source
    cause: str | None = None

    @property
    def name(self) -> str:
        """The picture's name as text that can be written."""
        return writable(self.reading.image or "")

    @property
    def right(self) -> bool:
        """Whether all of the text was read as it is."""
        return self.reading.vin == self.label.text


def read_labels(path: Path) -> dict[str, Label]:
    """Return what each image shows, by a CSV with the columns ``image``, ``vin`` and perhaps ``group``.

    Rows without a VIN are left out. Raises ``ValueError`` naming the line for missing columns or a text that is neither
    a VIN nor one character, ``OSError`` for a file that cannot be read.
    """
    labels: dict[str, Label] = {}
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        text = file.read()
    with table_rows(path, text) as rows:
        missing = {"image", "vin"} - set(rows.fieldnames or ())
        if missing:
            raise ValueError(f"{path}: got the columns {rows.fieldnames}, expected 'image' and 'vin' among them")
        for row in rows:
            image, vin = (row["image"] or "").strip(), (row["vin"] or "").strip().upper()
            if not image or not vin:
                continue
            if len(vin) not in (1, LENGTH) or set(vin) - set(ALPHABET):
                raise ValueError(
                    f"{path}, line {rows.line_num}: got {vin!r}, expected {LENGTH} characters of {ALPHABET}, or one"
                )
            labels[image] = Label(vin, writable((row.get("group") or "").strip()))
    return labels


def match_labels(
    labels: Mapping[str, Label], folders: Sequence[Path], pictures: Sequence[Picture]
) -> list[Label | None]:
    """Return the label of every picture, None where there is none.

    An image of the labels is a picture's address on the web, or its path below one of ``folders``. What finds no
    picture so is matched by file name, where that name is one picture's alone and the labels agree on it.
    """
    known: dict[Path | str, str] = {(folder / image).resolve(): image for folder in folders for image in labels}
    known |= {image: image for image in labels}
    images = [known.get(one.address if isinstance(one, Url) else one.resolve()) for one in pictures]
    by_name: dict[str, set[Label]] = {}
    for spare in labels.keys() - set(images):
        by_name.setdefault(Path(spare).name, set()).add(labels[spare])
    names = [PurePosixPath(one.address).name if isinstance(one, Url) else one.name for one in pictures]
    unmatched = Counter(name for name, image in zip(names, images, strict=True) if image is None)
    matched: list[Label | None] = []
    for name, image in zip(names, images, strict=True):
        named = by_name.get(name, set())
        if image is not None:
            matched.append(labels[image])
        elif len(named) == 1 and unmatched[name] == 1:
            matched.append(min(named))
        else:
            matched.append(None)
    return matched


def labelled_pictures(labels: Path, folder: Path) -> list[tuple[Path, Label]]:
    """Return the pictures in a folder that the CSV ``labels`` names, with their labels.

    Raises ``ValueError`` for a CSV that cannot be used or that names none of them.
    """
    pictures = find_pictures([folder]).paths
    matched = match_labels(read_labels(labels), [labels.parent, folder], pictures)
    known = [(picture, label) for picture, label in zip(pictures, matched, strict=True) if label is not None]
    if not known:
        raise ValueError(f"{labels}: names none of the {len(pictures)} pictures in {folder}")
    return known
