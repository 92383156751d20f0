"""Settled labels with their pictures, in the forms that ``vinchar adapt`` takes, one of them docTR's.

``csv``: ``labels.csv`` and the pictures in ``images/``. ``doctr``: ``labels.json``, a VIN for each of the lines in
``images/``, which are cut out of the pictures, and ``left_out.csv`` where a line is not known.
"""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from vinchar.files import whole_folder
from vinchar.imaging import ImageError
from vinchar.service.desk.lines import Corners, cut_line, is_one_row, where_it_stands
from vinchar.service.desk.pictures import ENDINGS
from vinchar.service.desk.store import MOST_LISTED, NoSuchTask, Store
from vinchar.service.desk.tasks import Task

Form = Literal["csv", "doctr"]
FORMS: tuple[Form, ...] = ("csv", "doctr")
File = tuple[str, bytes]  # a path, its parts with / between, and what is in it

_POINTS = tuple(f"{axis}{corner}" for corner in range(4) for axis in "xy")
_COLUMNS = ("image", "vin", "split", *_POINTS, "name", "task", "reviewer", "at")
_LONGEST_STEM = 60
_NO_LINE = "where the VIN stands is not known: what was read there is another one"
_ROWS = "the VIN stands in several rows"


@dataclass(frozen=True, slots=True)
class Label:
    """A settled task as it is exported: its picture's ``file`` name, and the corners of the VIN where they are known.

    ``whole``: the picture shows the line alone.
    """

    task: int
    vin: str
    file: str
    quad: Corners | None
    whole: bool
    split: str
    name: str
    reviewers: tuple[str, ...]
    at: datetime


@dataclass(frozen=True, slots=True)
class Export:
    """The labels of an export, and those that have no place in its form, with why."""

    form: Form
    labels: tuple[Label, ...]
    left_out: tuple[tuple[Label, str], ...] = ()


def plan_export(store: Store, form: Form) -> Export:
    """Return what an export of the labels that are settled now holds."""
    labels = tuple(_label(task, form) for task in _settled(store))
    if form == "csv":
        return Export(form, labels)
    why = {label.task: _why_not_cut(label) for label in labels}
    return Export(
        form,
        tuple(label for label in labels if not why[label.task]),
        tuple((label, why[label.task]) for label in labels if why[label.task]),
    )


def write_files(store: Store, export: Export) -> Iterator[File]:
    """Yield the files of an export, the pictures one by one, the labels last; a picture deleted meanwhile has none."""
    written, left_out = [], [*export.left_out]
    for label in export.labels:
        try:
            data = store.picture(label.task).data
            content = data if export.form == "csv" else cut_line(data, None if label.whole else label.quad)
        except NoSuchTask:
            continue
        except ImageError as error:
            left_out.append((label, str(error)))
            continue
        written.append(label)
        yield f"images/{label.file}", content
    if export.form == "csv":
        yield "labels.csv", labels_csv(written).encode()
        return
    yield "labels.json", (json.dumps({label.file: label.vin for label in written}, indent=1) + "\n").encode()
    if left_out:
        rows = ((label.task, _text(label.name), label.vin, why) for label, why in left_out)
        yield "left_out.csv", _table(("task", "name", "vin", "why"), rows).encode()


def write_folder(store: Store, export: Export, out: Path) -> None:
    """Write an export to a new or an empty folder, whole or not at all. Raises ``ValueError``, ``OSError``."""
    with whole_folder(out) as folder:
        (folder / "images").mkdir()
        for name, content in write_files(store, export):
            (folder / name).write_bytes(content)


def labels_csv(labels: Iterable[Label]) -> str:
    """Return labels as a table, which ``vinchar adapt`` takes beside the folder ``images``."""
    return _table(_COLUMNS, map(_row, labels))


def zipped(files: Iterable[File]) -> Iterator[bytes]:
    """Yield the bytes of a zip file, about one file of it at a time. Pictures are small already: nothing is packed."""
    written = _Written()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in files:
            info = zipfile.ZipInfo(name, datetime.now(UTC).timetuple()[:6])
            info.external_attr = 0o644 << 16
            archive.writestr(info, content)
            yield written.taken()
    yield written.taken()


class _Written(io.RawIOBase):
    """A file that cannot seek, and from which what was written is taken."""

    def __init__(self) -> None:
        self._parts: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self._parts.append(bytes(data))
        return len(data)

    def taken(self) -> bytes:
        """Return what was written since the last call."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def _settled(store: Store) -> Iterator[Task]:
    last = 0
    while found := store.tasks("settled", last, MOST_LISTED):
        yield from found
        last = found[-1].id


def _label(task: Task, form: Form) -> Label:
    assert task.vin is not None
    said = [answer for answer in task.answers if answer.vin == task.vin]
    quad = where_it_stands(task.reading, task.vin)
    ending = ENDINGS.get(task.media_type, "bin") if form == "csv" else "png"
    return Label(
        task=task.id,
        vin=task.vin,
        file=f"{task.id:06d}-{_stem(task.image)}.{ending}",
        quad=quad,
        whole=quad is None and task.reading["kind"] == "strip",
        split=task.split,
        name=task.image,
        reviewers=tuple(answer.reviewer for answer in said),
        at=max(answer.at for answer in said),
    )


def _why_not_cut(label: Label) -> str:
    if label.whole:
        return ""
    if label.quad is None:
        return _NO_LINE
    return "" if is_one_row(label.quad) else _ROWS


def _stem(name: str) -> str:
    """Return what a name says in characters that every file system takes."""
    last = re.split(r"[/\\]", name)[-1]
    stem = last.rpartition(".")[0] or last
    return re.sub(r"[^A-Za-z0-9]+", "-", stem)[:_LONGEST_STEM].strip("-").lower() or "picture"


def _row(label: Label) -> Sequence[object]:
    points = ("",) * 8 if label.quad is None else tuple(value for point in label.quad for value in point)
    who, when = "; ".join(label.reviewers), f"{label.at:%Y-%m-%dT%H:%M:%SZ}"
    image = f"images/{label.file}"
    return (image, label.vin, label.split, *points, _text(label.name), label.task, _text(who), when)


def _text(cell: str) -> str:
    """Return a text that a spreadsheet does not take for a formula."""
    return f"'{cell}" if cell.lstrip()[:1] in ("=", "+", "-", "@") else cell


def _table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
