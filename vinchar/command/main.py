"""The command line: ``vinchar read|batch|serve|desk|train|adapt|synth|vins``.

Standard output has data alone: one line for a picture. Everything else (reasons, progress, summaries) goes to standard
error. Exit status: 0 all was read, 1 some pictures were not, 2 wrong usage, a package that is missing or a file that
cannot be written, 130 stopped by the user. What a verb needs is imported when the verb runs.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from vinchar.command.arguments import parser
from vinchar.command.talk import Stop, missing, tell

if TYPE_CHECKING:
    from vinchar.reader import Reader


def main(argv: Sequence[str] | None = None, make: Callable[[], Reader] | None = None) -> int:
    """Run the verb that ``argv`` (default: the process's arguments) names; return the exit status.

    ``make`` makes the readers instead of the model that ``argv`` names; see ``workers.read_all``.
    """
    argv = list(sys.argv[1:] if argv is None else argv)
    sys.stdout, sys.stderr = (stream or open(os.devnull, "w") for stream in (sys.stdout, sys.stderr))  # noqa: SIM115
    if argv[:1] == ["train"] and "--adapt" in argv:
        argv = ["adapt", *(arg for arg in argv[1:] if arg != "--adapt")]
    try:
        args = parser(argv).parse_args(argv)
        args.command = argv
        if args.verb == "read":
            from vinchar.command.read import read

            return read(args, make)
        if args.verb == "batch":
            from vinchar.command.batch import batch

            return batch(args, make)
        if args.verb == "serve":
            from vinchar.command.serve import serve

            return serve(args)
        if args.verb == "vins":
            from vinchar.command.vins import vins

            return vins(args)
        if args.verb == "desk":
            from vinchar.command.desk import desk

            return desk(args, make)
        if args.verb == "adapt":
            from vinchar.command.adapt import adapt

            return adapt(args)
        from vinchar.command import making

        return {"train": making.train, "synth": making.synth}[args.verb](args)
    except SystemExit as stop:  # argparse has said why
        return stop.code if isinstance(stop.code, int) else 2
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:  # whoever read our lines has had enough
        return 1
    except ModuleNotFoundError as error:
        if (error.name or "").partition(".")[0] == "vinchar":
            raise
        return _fail(missing(error, argv[0]))
    except Stop as error:
        return _fail(str(error))
    except OSError as error:
        return _fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def _fail(sentence: str) -> int:
    tell(sentence)
    return 2
