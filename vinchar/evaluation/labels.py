"""Known VINs for a folder of pictures: the labels file, and which of its rows belongs to which picture."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path

from vinchar.vin import ALPHABET, LENGTH


def read_labels(path: Path) -> dict[str, str]:
    """Return ``{image: true text}`` of a CSV with the columns ``image`` and ``vin``; rows without a VIN are left out.

    The text is a whole VIN or, for the picture of one character, that character. Raises ``ValueError`` naming the line
    for missing columns or a text that is neither, ``OSError`` for a file that cannot be read.
    """
    labels: dict[str, str] = {}
    with path.open(encoding="utf-8-sig", errors="surrogateescape", newline="") as file:
        rows = csv.DictReader(file)
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
            labels[image] = vin
    return labels


def match_labels(labels: Mapping[str, str], folders: Sequence[Path], pictures: Sequence[Path]) -> list[str | None]:
    """Return the true text of every picture, None where the labels do not say.

    An image of the labels is a picture's path below one of ``folders``. What finds no picture so is matched by file
    name, where that name is one picture's alone and the labels agree on it.
    """
    known = {(folder / image).resolve(): image for folder in folders for image in labels}
    images = [known.get(picture.resolve()) for picture in pictures]
    by_name: dict[str, set[str]] = {}
    for spare in labels.keys() - set(images):
        by_name.setdefault(Path(spare).name, set()).add(labels[spare])
    unmatched = [picture.name for picture, image in zip(pictures, images, strict=True) if image is None]
    truths: list[str | None] = []
    for picture, image in zip(pictures, images, strict=True):
        named = by_name.get(picture.name, set())
        if image is not None:
            truths.append(labels[image])
        elif len(named) == 1 and unmatched.count(picture.name) == 1:
            truths.append(min(named))
        else:
            truths.append(None)
    return truths
