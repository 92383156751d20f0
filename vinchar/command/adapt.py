"""The verb adapt: a model taught the owner's photos."""

from __future__ import annotations

import argparse
import dataclasses
import shlex
from concurrent.futures import BrokenExecutor
from datetime import datetime

from vinchar.command.talk import Stop, shown, tell


def adapt(args: argparse.Namespace) -> int:
    """Adapt a model to photos, report on it, and put it in its place if it is better; return the exit status."""
    from vinchar.evaluation.adapted_page import write_adapted
    from vinchar.training.adapting.adapt import adapt
    from vinchar.training.adapting.config import AdaptConfig
    from vinchar.training.adapting.photos import read_photos

    names = [field.name for field in dataclasses.fields(AdaptConfig)]
    given = {name: getattr(args, name) for name in names if getattr(args, name) is not None}
    try:
        config = AdaptConfig(**given)
        out = args.out if args.out.name else args.out.resolve()  # . has no name
        report = args.report or out.with_name(f"{out.name}_report")
        if report.exists() and not report.is_dir():
            raise ValueError(f"{shown(report)}: got a file, expected a folder for the report; see --report")
        photos = read_photos(args.sources, args.unlabelled)
        for problem in photos.problems:
            tell(f"left out: {problem}")
        made = adapt(
            config,
            photos,
            args.out,
            args.work,
            args.base,
            resume=args.resume,
            force=args.force,
            credit=args.credit,
            suggestions=args.suggest,
        )
    except ValueError as error:
        raise Stop(str(error)) from error
    except BrokenExecutor as error:
        raise Stop("a process died, perhaps for want of memory; the same command goes on where it was") from error
    when = f"{datetime.now().astimezone():%Y-%m-%d %H:%M %Z}".strip()
    facts = (("report", when), ("command", shlex.join(["vinchar", *args.command])), *made.facts)
    write_adapted(report, dataclasses.replace(made, facts=facts))
    tell(f"the report is in {shown(report / 'index.html')}")
    if made.place is None:
        tell("no model is written: it is not better on the test part; --force writes it all the same")
        return 1
    tell(f"the model is in {shown(made.place)}")
    return 0
