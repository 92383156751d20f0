"""Where lines of data go: to standard output, or to a file, whole at the end, that a killed run goes on with."""

from __future__ import annotations

import codecs
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from vinchar.command.lines import Format, Kept
from vinchar.command.talk import Stop, shown, tell
from vinchar.files import write_whole

Write = Callable[[str], None]


@contextmanager
def standard_output(form: Format) -> Iterator[Write]:
    """Yield what prints lines now."""
    _pass_names_through(sys.stdout)
    if form.header:
        _print(form.header)
    yield _print


@dataclass(frozen=True, slots=True)
class OutputFile:
    """A file of lines at ``path``; as long as the run goes on they lie in ``part`` beside it.

    ``kept``: what an earlier run left to go on with.
    """

    path: Path
    form: Format
    kept: Kept

    @property
    def part(self) -> Path:
        return _part_of(self.path)

    @contextmanager
    def open(self) -> Iterator[Write]:
        """Yield what writes lines. The file takes its place when all is done; if that fails its part is kept."""
        write_whole(self.part, (self.kept.text or self.form.header).encode("utf-8", "surrogateescape"))
        with self.part.open("a", encoding="utf-8", errors="surrogateescape", newline="") as file:

            def write(lines: str) -> None:
                file.write(lines)
                file.flush()  # a run that is killed loses no picture

            try:
                yield write
            except BaseException:
                tell(f"what was read so far is in {shown(self.part)}; --resume goes on with it")
                raise
            os.fsync(file.fileno())
        os.replace(self.part, self.path)


def output_file(path: Path, form: Format, resume: bool) -> OutputFile:
    """Return the file that lines go to; with ``resume``, what an earlier run left in it or in its part stays.

    Raises ``Stop`` where that is no file of such lines, or where a part would be lost, ``OSError`` where it cannot be
    written.
    """
    if path.is_dir():
        raise Stop(f"--output: {shown(path)} is a folder, expected a file")
    path.parent.mkdir(parents=True, exist_ok=True)
    part = _part_of(path)
    if not resume:
        if part.exists():
            raise Stop(f"{shown(part)} holds what an earlier run read: add --resume to go on with it, or remove it")
        return OutputFile(path, form, Kept("", {}))
    before = next((one for one in (part, path) if one.exists()), None)
    if before is None:
        return OutputFile(path, form, Kept("", {}))
    text = before.read_text(encoding="utf-8", errors="surrogateescape")
    text = text[: text.rfind("\n") + 1]  # the line that was written when it was killed
    try:
        return OutputFile(path, form, form.kept(text) if text else Kept("", {}))
    except (KeyError, TypeError, ValueError):
        raise Stop(f"--resume: {shown(before)} does not hold lines of this --format; name another --output") from None


def _part_of(path: Path) -> Path:
    return path.with_name(path.name + ".part")


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


def _print(lines: str) -> None:
    """Print lines of data now. A standard output that refuses them is pointed at nothing, or exit would fail again."""
    try:
        print(lines, end="", flush=True)
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise
