"""The verb desk: pictures to the people who say what is in them, and their labels back."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from vinchar.command.talk import Stop, progress, shown, tell

if TYPE_CHECKING:
    from vinchar.reader import Reader
    from vinchar.reading import Reading
    from vinchar.service.desk.store import Store


def desk(args: argparse.Namespace, make: Callable[[], Reader] | None = None) -> int:
    """Import pictures, export labels, or delete what is out of date; return the exit status.

    ``make``: makes the reader instead of the model that ``args`` names.
    """
    from vinchar.bundle import ModelError
    from vinchar.service.desk.store import open_store

    if args.task != "import" and "://" not in args.store and not Path(args.store).exists():
        raise Stop(f"{args.store}: there is no such store")
    try:
        store = open_store(args.store)
        try:
            if args.task == "import":
                return _import(args, store, make)
            return _export(args, store) if args.task == "export" else _purge(store)
        finally:
            store.close()
    except (ModelError, ValueError) as error:
        raise Stop(str(error)) from error


def _import(args: argparse.Namespace, store: Store, make: Callable[[], Reader] | None) -> int:
    from vinchar.many import safely
    from vinchar.reader import Reader
    from vinchar.service.desk.importing import find_candidates, import_pictures

    found = find_candidates(args.sources)
    for problem in found.problems:
        tell(f"left out: {problem}")
    reader = (make or partial(Reader, args.model))()

    def read(data: bytes, name: str) -> Reading:
        return safely(partial(reader.read, name=name), data)

    with progress(len(found.pictures)) as (advance, say):
        done = import_pictures(store, found.pictures, read, args.looks, say, advance)
    refused = done.refused + len(found.problems)
    left_out = f", {refused} left out" if refused else ""
    tell(f"{done.added} pictures added, {done.known} known already{left_out}")
    return 1 if refused else 0


def _export(args: argparse.Namespace, store: Store) -> int:
    from vinchar.service.desk.exporting import plan_export, write_folder

    export = plan_export(store, args.form)
    if not export.labels and not export.left_out:
        raise Stop(f"no label is settled yet: {store.counts().open} pictures wait at the desk")
    write_folder(store, export, args.out)
    tell(f"{len(export.labels)} labels are in {shown(args.out)}")
    if export.left_out:
        tell(f"{len(export.left_out)} are not, and why is in {shown(args.out / 'left_out.csv')}")
    return 0


def _purge(store: Store) -> int:
    tell(f"{store.purge()} pictures deleted, whose time was over")
    return 0
