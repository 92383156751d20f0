"""Flags that several verbs have, and what flags take."""

from __future__ import annotations

import argparse
import dataclasses
import os
from pathlib import Path
from typing import Any

from vinchar.bundle import EXPERTS
from vinchar.urls import is_url

RECOGNISERS = (*EXPERTS, "fused")


def add_model(group: argparse._ActionsContainer) -> None:
    group.add_argument("--model", type=path, metavar="DIR", help="read with this model (default: the shipped one)")
    group.add_argument(
        "--recogniser",
        choices=RECOGNISERS,
        help="how strips are read, if the model can read so (default: what it was measured to read best by)",
    )


def add_known(group: argparse._ActionsContainer) -> None:
    group.add_argument("--known", type=path, metavar="CSV", help="a list of your VINs (column vin), made likelier")


def add_least(group: argparse._ActionsContainer) -> None:
    least = group.add_mutually_exclusive_group()
    least.add_argument(
        "--min-confidence",
        type=share,
        metavar="P",
        help="accept from this confidence on, 0 to 1 (default: the model's own)",
    )
    least.add_argument(
        "--target-error", type=share, metavar="R", help="accept so that at most this share of the accepted is wrong"
    )


def add_store(group: argparse._ActionsContainer) -> None:
    told = "of the desk: a file, or postgresql://... for several machines (default: VINCHAR_STORE, or vinchar.db)"
    store = os.environ.get("VINCHAR_STORE") or "vinchar.db"  # not seen by others, as a command is
    group.add_argument("--store", default=store, metavar="FILE|URL", help=told)


def add_start(group: argparse._ArgumentGroup) -> None:
    start = group.add_mutually_exclusive_group()
    start.add_argument(
        "--resume", dest="resume", action="store_true", default=True, help="go on with what is in --work (default)"
    )
    start.add_argument("--fresh", dest="resume", action="store_false", help="start anew")


def add_fields(parser: argparse.ArgumentParser, config: Any, values: dict[str, Any]) -> None:
    """Make a flag of each field of a configuration, and say its value in each of ``values``, the first one always."""
    first = next(iter(values))
    fields = [field for field in dataclasses.fields(config) if field.metadata]
    for title in dict.fromkeys(field.metadata["group"] for field in fields):
        group = parser.add_argument_group(title)
        for field in (one for one in fields if one.metadata["group"] == title):
            named = [(name, getattr(of, field.name)) for name, of in values.items()]
            said = ", ".join(f"{name}: {value}" for name, value in named if name == first or value != field.default)
            flag, kind = f"--{field.name.replace('_', '-')}", type(field.default)
            group.add_argument(
                flag, type=kind, metavar=kind.__name__.upper(), help=f"{field.metadata['help']} ({said})"
            )


def path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("got an empty path")  # Path("") is the current folder
    return Path(text)


def source(text: str) -> Path | str:
    """Return a path, but an address on the web as it is."""
    return text if is_url(text) else path(text)


def positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number from 1 on")
    return int(text)


def share(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a number from 0 to 1")
    return value
