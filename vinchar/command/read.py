"""The verb read: what is written in pictures, one line for each."""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import time
import zlib
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from vinchar import __version__
from vinchar.command.lines import FORMATS
from vinchar.command.output import output_file, standard_output
from vinchar.command.readers import made, reader_maker
from vinchar.command.talk import Stop, progress, shown, tell
from vinchar.command.workers import read_all
from vinchar.imaging import Image, ImageError, Picture, Url, find_pictures, load
from vinchar.reading import Reading
from vinchar.video import frames_at

if TYPE_CHECKING:
    from vinchar.evaluation.scored import Label, Scored
    from vinchar.reader import Reader

_LEAST_CAUSES = 5.0  # seconds for finding out why readings are wrong, however few were read
_DRAWN = (".jpg", ".jpeg", ".png")
_COUNTED = {"ok": "ok", "uncertain": "uncertain", "not_found": "not found", "error": "error"}


def read(args: argparse.Namespace, make: Callable[[], Reader] | None = None) -> int:
    """Read the pictures that ``args`` names and print a line for each; return the exit status.

    ``make``: makes the readers instead of the model that ``args`` names.
    """
    _expect_flags_that_agree(args)
    form = FORMATS[args.format or _format_of(args.output)]
    file = None if args.output is None else output_file(args.output, form, args.resume)
    before = {} if file is None else file.kept.statuses
    pictures = _pictures(args, lambda picture: form.name(str(picture)) in before)
    if not pictures and not before:
        tell(f"no pictures in {', '.join(map(shown, args.paths))}")
        return 1
    labels = _known_labels(args, pictures)
    drawings = _drawing_paths(args.annotate, pictures)
    if args.report is not None:
        args.report.mkdir(parents=True, exist_ok=True)  # now, so that a long run does not end without
    if make is None:
        make = reader_maker(args)
        reader = made(make)
        make = make if args.workers > 1 else lambda: reader
    started, counts = time.monotonic(), Counter(before.values())  # of all that will be in the file
    scored: list[Scored] = []
    with standard_output(form) if file is None else file.open() as write, progress(len(pictures)) as (advance, say):
        readings = read_all(pictures, make, args.kind, args.workers)
        for picture, label, drawing, reading in zip(pictures, labels, drawings, readings, strict=True):
            write(form.lines(str(picture), reading))
            _explain(picture, reading, say)
            if drawing is not None and reading.status != "error":
                _annotate(picture, reading, drawing, say)
            if label is not None:
                scored.append(label.score(reading, picture))
            counts[reading.status] += 1
            advance()
    if counts.total() > 1:
        said = ", ".join(f"{counts[status]} {word}" for status, word in _COUNTED.items() if counts[status])
        tell(f"{counts.total()} pictures: {said}")
    if args.report is not None:
        _report(args, scored, make(), time.monotonic() - started)
    enough = ("ok",) if args.strict else ("ok", "uncertain")
    return 0 if counts.total() == sum(counts[status] for status in enough) else 1


def _pictures(args: argparse.Namespace, is_done: Callable[[Picture], bool]) -> Sequence[Picture]:
    """Return the pictures that ``args`` names and that are not done, and say what is left out."""
    found = find_pictures(args.paths, listed=getattr(sys.stdin, "buffer", None), allow_urls=args.allow_urls)
    if found.repeated:
        tell(f"{found.repeated} named more than once; each is read once")
    if found.passed_over:
        tell(f"other files in the folders, not named like pictures and passed over: {found.passed_over}")
    left = [picture for picture in found.pictures if not is_done(picture)]
    if len(left) < len(found.pictures):
        done = len(found.pictures) - len(left)
        tell(f"pictures that are in {shown(args.output)} already: {done} of {len(found.pictures)}")
    return left


def _format_of(output: Path | None) -> str:
    """Return the format that a file's ending asks for: text, unless it is one of the others."""
    ending = "" if output is None else output.suffix.lower().removeprefix(".")
    return ending if ending in FORMATS else "text"


def _expect_flags_that_agree(args: argparse.Namespace) -> None:
    if (args.labels is None) != (args.report is None):
        raise Stop("--labels and --report go together: known VINs to score against, and where the report goes")
    if args.resume and args.output is None:
        raise Stop("--resume goes on with a file: name it by --output")
    if args.resume and args.report is not None:
        raise Stop("--resume and --report contradict each other: a report is on all pictures, which are read for it")


def _explain(picture: Picture, reading: Reading, say: Callable[[str], object]) -> None:
    """Say why a reading is not sure, and why one of the other VINs in the picture is not; and if your list decided."""
    for one in (reading, *reading.others):
        if one.status != "ok" or one.reasons:
            which = shown(picture) if one is reading else f"{shown(picture)}, {one.vin}"
            say(f"{which}: {'; '.join(one.reasons) or _COUNTED[one.status]}")


def _known_labels(args: argparse.Namespace, pictures: Sequence[Picture]) -> Sequence[Label | None]:
    if args.labels is None:
        return [None] * len(pictures)
    import vinchar.evaluation.reading_report  # noqa: F401  (asked for now, so that a long run does not end without)
    from vinchar.evaluation.scored import match_labels, read_labels

    try:
        labels = read_labels(args.labels)
    except ValueError as error:
        raise Stop(str(error)) from error
    paths = [path for path in args.paths if isinstance(path, Path)]
    folders = [args.labels.parent, *(path if path.is_dir() else path.parent for path in paths)]
    matched = match_labels(labels, folders, pictures)
    known = len(pictures) - matched.count(None)
    if not known:
        raise Stop(f"{shown(args.labels)}: gives a VIN for none of the pictures read: {len(pictures)}")
    if known < len(pictures):
        tell(
            f"{shown(args.labels)}: gives a VIN for {known} of the {len(pictures)} pictures; the others are not scored"
        )
    return matched


def _drawing_paths(folder: Path | None, pictures: Sequence[Picture]) -> Sequence[Path | None]:
    """Return where each drawing goes: below ``folder`` as the pictures lie below the folder they all share."""
    if folder is None or not pictures:
        return [None] * len(pictures)
    folder.mkdir(parents=True, exist_ok=True)
    files = [Path(os.path.abspath(picture)) for picture in pictures if isinstance(picture, Path)]
    root = Path(os.path.commonpath([file.parent for file in files])) if files else Path()
    drawings = [_drawing_path(folder, root, picture) for picture in pictures]
    over = {drawing.resolve() for drawing in drawings} & {file.resolve() for file in files}
    above = (root.resolve(), *root.resolve().parents) if files else ()  # where others may lie that are not read
    if over or folder.resolve() in above:
        raise Stop(f"--annotate {shown(folder)}: would write over the pictures; name another folder")
    return drawings


def _drawing_path(folder: Path, root: Path, picture: Picture) -> Path:
    """Return where the drawing of a picture goes, as JPEG or PNG; what came from the web lies side by side."""
    if isinstance(picture, Url):
        mark = zlib.crc32(picture.address.encode(errors="surrogateescape"))
        return folder / f"{quote(picture.address, safe='', errors='replace')[-100:]}-{mark:08x}.png"
    drawing = folder / Path(os.path.abspath(picture)).relative_to(root)
    return drawing if drawing.suffix.lower() in _DRAWN else drawing.with_name(drawing.name + ".png")


def _annotate(picture: Picture, reading: Reading, target: Path, say: Callable[[str], object]) -> None:
    """Draw what was read; in a video, on the frame that shows it best, and on another where that shows another VIN."""
    import cv2

    from vinchar.command.annotate import draw
    from vinchar.files import write_whole

    found: dict[float | None, list[Reading]] = {}
    for one in (reading, *reading.others):
        found.setdefault(one.frame, []).append(one)
    targets = {
        frame: target.with_stem(f"{target.stem}-{i}" if i > 1 else target.stem) for i, frame in enumerate(found, 1)
    }
    try:
        for frame, pixels in _shown(picture, [*found]):
            first, *others = found[frame]
            _, encoded = cv2.imencode(target.suffix.lower(), draw(pixels, replace(first, others=tuple(others))))
            write_whole(targets[frame], encoded.tobytes())
    except ImageError as error:  # it could be read a moment ago
        say(f"{shown(picture)}: not drawn: {error}")


def _shown(picture: Picture, frames: Sequence[float | None]) -> Iterable[tuple[float | None, Image]]:
    """Return a picture, or the frames of a video, in colours."""
    times = [frame for frame in frames if frame is not None]
    if isinstance(picture, Url) or not times:
        return [(None, load(picture, color=True))]
    return frames_at(picture, times, color=True)


def _report(args: argparse.Namespace, scored: Sequence[Scored], reader: Reader, took: float) -> None:
    """Write the report. Finding causes takes at most about a third of the seconds that reading ``took``."""
    from vinchar.evaluation.causes import with_causes
    from vinchar.evaluation.provenance import Provenance
    from vinchar.evaluation.reading_report import summary_text, write_reading_report

    seconds = max(_LEAST_CAUSES, took / 3) if args.causes else 0
    known = with_causes(scored, reader.search.views, reader.classifier, reader.recogniser, reader.priors, seconds)
    made_by = Provenance(
        shlex.join(["vinchar", *args.command]),
        datetime.now().astimezone(),
        __version__,
        reader.version,
        reader.bundle.description["config"]["preset"],
        reader.confidence.threshold,
        reader.confidence.glyph_threshold,
    )
    print(summary_text(write_reading_report(args.report, known, made_by)), file=sys.stderr)
