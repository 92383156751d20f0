"""Readers as the flags of a verb ask for them."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial

from vinchar.command.talk import Stop
from vinchar.known import read_known
from vinchar.reader import ModelError, Reader


def reader_maker(args: argparse.Namespace) -> Callable[[], Reader]:
    """Return what makes readers, also in other processes. Raises ``Stop`` for flags that contradict each other."""
    if args.known is not None and args.no_priors:
        raise Stop("--known and --no-priors contradict each other: one makes your own VINs likelier, one none")
    try:
        known = None if args.known is None else read_known(args.known)
    except (UnicodeDecodeError, ValueError) as error:
        raise Stop(f"--known: {error}") from error
    return partial(
        Reader,
        args.model,
        vin_priors=not args.no_priors,
        known=known,
        barcodes=args.barcodes,
        every=args.all,
        min_confidence=args.min_confidence,
        target_error=args.target_error,
        recogniser=args.recogniser,
    )


def made(make: Callable[[], Reader]) -> Reader:
    """Return a reader. Raises ``Stop`` if the model cannot be used: that ends the run, not every picture."""
    try:
        return make()
    except (ModelError, ValueError) as error:
        raise Stop(str(error)) from error
