"""The verbs that make: train, a model, and synth, pictures of VINs."""

from __future__ import annotations

import argparse
import dataclasses
from concurrent.futures import BrokenExecutor

from vinchar.command.talk import Stop


def train(args: argparse.Namespace) -> int:
    """Train the model from scratch, or fit the confidence of one anew."""
    from vinchar.training.config import PRESETS

    fields = dataclasses.asdict(PRESETS[args.preset])
    given = {name: getattr(args, name) for name in fields if name != "preset" and getattr(args, name) is not None}
    try:
        config = dataclasses.replace(PRESETS[args.preset], **given)
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


def synth(args: argparse.Namespace) -> int:
    """Draw pictures of VINs, with labels."""
    from vinchar.training import dataset_files

    try:
        dataset_files.write(args.count, args.out, args.seed, face=args.face)
    except ValueError as error:
        raise Stop(str(error)) from error
    return 0
