"""The command line: the verbs read, train, synth and vins.

The only place that prints to standard output, and there only data: one line for a picture. Everything else (reasons,
progress, summaries) goes to standard error. Exit status: 0 all was read, 1 some pictures were not, 2 wrong usage or a
file that cannot be written, 130 stopped by the user. What a verb needs is imported when the verb runs.
"""

from __future__ import annotations

import argparse
import codecs
import dataclasses
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import BrokenExecutor
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from vinchar.arguments import parser
from vinchar.lines import FORMATS, csv_header, was_read
from vinchar.types import Reading

if TYPE_CHECKING:
    from vinchar.evaluation.scored import Label, Scored
    from vinchar.reader import Reader

_MANY = 500  # pictures from which a run that nobody watches still says how far it is


class Stop(Exception):
    """Ends the run with one sentence and status 2."""


def main(argv: Sequence[str] | None = None, make: Callable[[], Reader] | None = None) -> int:
    """Run the verb that ``argv`` (default: the process's arguments) names; return the exit status.

    ``make`` makes the readers instead of the model that ``argv`` names; see ``workers.read_all``.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    try:
        args = parser(argv).parse_args(argv)
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else 2
    try:
        if args.verb == "read":
            return _read(args, make)
        return {"train": _train, "synth": _synth, "vins": _vins}[args.verb](args)
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our lines has had enough
        return 1
    except Stop as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _read(args: argparse.Namespace, make: Callable[[], Reader] | None) -> int:
    from vinchar.imaging import find_pictures
    from vinchar.workers import read_all

    if (args.labels is None) != (args.report is None):
        raise Stop("--labels and --report go together: known VINs to score against, and where the report goes")
    pictures = find_pictures(args.paths)
    if not pictures:
        _tell(f"no pictures in {', '.join(map(_shown, args.paths))}")
        return 1
    labels = _known_labels(args, pictures)
    drawings = _drawing_paths(args.annotate, pictures)
    if args.report is not None:
        args.report.mkdir(parents=True, exist_ok=True)  # now, so that a long run does not end without
    if make is None:
        make = _reader_maker(args)
    _pass_names_through(sys.stdout)
    if args.format == "csv":
        _print(csv_header())
    line = FORMATS[args.format]
    all_read = True
    scored: list[Scored] = []
    with _progress(len(pictures)) as (advance, say):
        readings = read_all(pictures, make, args.kind, args.workers)
        for picture, label, drawing, reading in zip(pictures, labels, drawings, readings, strict=True):
            for one in (reading, *reading.others):
                _print(line(str(picture), one))
                if one.status != "ok":
                    which = _shown(picture) if one is reading else f"{_shown(picture)}, {one.vin}"
                    say(f"{which}: {'; '.join(one.reasons) or one.status.replace('_', ' ')}")
            if drawing is not None and reading.status != "error":
                _annotate(picture, reading, drawing, say)
            if label is not None:
                scored.append(label.score(reading, picture))
            all_read &= was_read(reading)
            advance()
    if args.report is not None:
        _report(args.report, scored, make())
    return 0 if all_read else 1


def _reader_maker(args: argparse.Namespace) -> Callable[[], Reader]:
    """Return what makes readers, after it made one: a model that cannot be used ends the run, not every picture."""
    from vinchar.known import read_known
    from vinchar.reader import ModelError, Reader

    if args.known is not None and args.no_priors:
        raise Stop("--known and --no-priors contradict each other: one makes your own VINs likelier, one none")
    try:
        known = None if args.known is None else read_known(args.known)
    except (UnicodeDecodeError, ValueError) as error:
        raise Stop(f"--known: {error}") from error
    make = partial(
        Reader, args.model, vin_priors=not args.no_priors, known=known, barcodes=args.barcodes, every=args.all
    )
    try:
        with _extra("barcode"):
            reader = make()
    except ModelError as error:
        raise Stop(str(error)) from error
    return make if args.workers > 1 else lambda: reader


def _known_labels(args: argparse.Namespace, pictures: Sequence[Path]) -> Sequence[Label | None]:
    if args.labels is None:
        return [None] * len(pictures)
    with _extra("evaluate"):
        import vinchar.evaluation.reading_report  # noqa: F401  (asked for now, so that a long run does not end without)
    from vinchar.evaluation.scored import match_labels, read_labels

    try:
        labels = read_labels(args.labels)
    except ValueError as error:
        raise Stop(str(error)) from error
    folders = [args.labels.parent, *(path if path.is_dir() else path.parent for path in args.paths)]
    matched = match_labels(labels, folders, pictures)
    known = len(pictures) - matched.count(None)
    if not known:
        raise Stop(f"{_shown(args.labels)}: names none of the {len(pictures)} pictures")
    if known < len(pictures):
        _tell(f"{_shown(args.labels)}: names {known} of the {len(pictures)} pictures; the others are not scored")
    return matched


def _drawing_paths(folder: Path | None, pictures: Sequence[Path]) -> Sequence[Path | None]:
    """Return where each drawing goes: below ``folder`` as the pictures lie below the folder they all share."""
    if folder is None:
        return [None] * len(pictures)
    folder.mkdir(parents=True, exist_ok=True)
    places = [Path(os.path.abspath(picture)) for picture in pictures]
    root = Path(os.path.commonpath([place.parent for place in places]))
    drawings = [folder / place.relative_to(root) for place in places]
    drawings = [d if d.suffix.lower() in (".jpg", ".jpeg", ".png") else d.with_name(d.name + ".png") for d in drawings]
    over = {drawing.resolve() for drawing in drawings} & {place.resolve() for place in places}
    if over or folder.resolve() in (root.resolve(), *root.resolve().parents):  # where others may lie that are not read
        raise Stop(f"--annotate {_shown(folder)}: would write over the pictures; name another folder")
    return drawings


def _annotate(picture: Path, reading: Reading, target: Path, say: Callable[[str], object]) -> None:
    import cv2

    from vinchar.annotate import draw
    from vinchar.files import write_whole
    from vinchar.imaging import ImageError, load

    try:
        drawing = draw(load(picture, color=True), reading)
    except ImageError as error:  # it could be read a moment ago
        say(f"{_shown(picture)}: not drawn: {error}")
        return
    _, encoded = cv2.imencode(target.suffix.lower(), drawing)
    write_whole(target, encoded.tobytes())


def _report(folder: Path, scored: Sequence[Scored], reader: Reader) -> None:
    from vinchar.evaluation.causes import with_causes
    from vinchar.evaluation.reading_report import summary_text, write_reading_report

    summary = write_reading_report(folder, with_causes(scored, reader.search.views, reader.recogniser, reader.priors))
    print(summary_text(summary), file=sys.stderr)


def _train(args: argparse.Namespace) -> int:
    from vinchar.training.config import PRESETS

    fields = dataclasses.asdict(PRESETS[args.preset])
    given = {name: getattr(args, name) for name in fields if name != "preset" and getattr(args, name) is not None}
    try:
        config = dataclasses.replace(PRESETS[args.preset], **given)
        with _extra("train"):
            from vinchar.training import boxed, install

            photos = boxed.read_boxed(args.boxed) if args.boxed else None
            to_install = args.install or args.install_anyway
            if to_install:
                install.check_place(args.out)  # now, before hours are spent
            if args.refit:
                from vinchar.training import finish

                finish.refit(args.out, args.work, labels=args.labels, boxed=photos)
            else:
                from vinchar.training import run

                run.train(config, args.out, args.work, resume=args.resume, labels=args.labels, boxed=photos)
            if to_install and not install.install(args.out, args.work, anyway=args.install_anyway):
                return 1
    except ValueError as error:
        raise Stop(str(error)) from error
    except BrokenExecutor as error:
        raise Stop("a process died, perhaps for want of memory; the same command goes on where it was") from error
    return 0


def _synth(args: argparse.Namespace) -> int:
    try:
        with _extra("train"):
            from vinchar.training import dataset_files

            dataset_files.write(args.count, args.out, args.seed, face=args.face)
    except ValueError as error:
        raise Stop(str(error)) from error
    return 0


def _vins(args: argparse.Namespace) -> int:
    from vinchar.bundle import ModelError
    from vinchar.structure import facts, install

    try:
        if args.task == "count":
            vins = [vin for path in args.lists for vin in facts.read_vins(path)]
            vins = facts.apart_from(vins, facts.read_vins(args.apart_from) if args.apart_from else [])
            facts.write(vins, args.out)
            _tell(f"counted {len(vins)} VINs; the facts are in {_shown(args.out)}")
            return 0
        made = install.install(args.facts, args.out, args.model)
    except (ModelError, UnicodeDecodeError, ValueError) as error:
        raise Stop(str(error)) from error
    _tell(f"the model is in {_shown(args.out)}; what it knows of VINs has {made['entries']:,} entries")
    return 0


@contextmanager
def _extra(name: str) -> Iterator[None]:
    """Turn a missing optional package into one sentence that says what to install."""
    try:
        yield
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package == "vinchar":
            raise
        raise Stop(f"the package {package} is missing: python -m pip install 'vinchar[{name}]'") from error


@contextmanager
def _progress(count: int) -> Iterator[tuple[Callable[[], object], Callable[[str], object]]]:
    """Yield what to call after a picture, and what says a sentence; a bar only where lines do not already show it."""
    watched = sys.stderr.isatty() and not sys.stdout.isatty()
    if count == 1 or not (watched or (count >= _MANY and not sys.stderr.isatty())):
        yield lambda: None, _tell
        return
    from tqdm import tqdm

    with tqdm(total=count, unit="picture", file=sys.stderr, mininterval=0.2 if watched else 30.0) as bar:
        yield bar.update, lambda sentence: bar.write(f"vinchar: {sentence}", file=sys.stderr)


def _shown(path: Path) -> str:
    """Return the path as text that any stream can print."""
    return os.fsencode(path).decode("utf-8", "replace")


def _tell(sentence: str) -> None:
    print(f"vinchar: {sentence}", file=sys.stderr)


def _fail(sentence: str) -> int:
    _tell(sentence)
    return 2


def _pass_names_through(stream: Any) -> None:
    """Let file names leave as the bytes they are, whether or not those are text."""
    if hasattr(stream, "reconfigure"):
        codecs.register_error("vinchar", _escape)
        stream.reconfigure(encoding=sys.getfilesystemencoding(), errors="vinchar")


def _escape(error: UnicodeError) -> tuple[str | bytes, int]:
    """Write what came in as bytes as these, and anything else that the encoding lacks, such as a maker's, as ``?``."""
    try:
        return codecs.lookup_error(sys.getfilesystemencodeerrors())(error)
    except UnicodeError:
        return codecs.lookup_error("replace")(error)


def _print(line: str) -> None:
    """Print a line of data now. A standard output that refuses it is pointed at nothing, or exit would fail again."""
    try:
        print(line, flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
