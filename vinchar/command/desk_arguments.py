"""The arguments of the verb desk."""

from __future__ import annotations

import argparse

from vinchar.command.flags import add_store, path


def add_desk_flags(desk: argparse.ArgumentParser) -> None:
    """Add what the desk can be asked to do, and the flags of each."""
    tasks = desk.add_subparsers(dest="task", required=True, metavar="{import,export,purge}")
    take = tasks.add_parser("import", help="read pictures and put them on the desk, the same one once")
    take.add_argument(
        "sources", nargs="+", type=path, metavar="SOURCE", help="pictures, folders, CSV with a column image[, worth]"
    )
    take.add_argument(
        "--looks",
        type=int,
        choices=range(1, 10),
        default=1,
        metavar="N",
        help="people who must agree on a picture (default: 1)",
    )
    take.add_argument("--model", type=path, metavar="DIR", help="read with this model (default: the shipped one)")
    give = tasks.add_parser("export", help="write the settled labels with their pictures, as adapt takes them")
    give.add_argument("--out", type=path, required=True, metavar="DIR", help="a new or an empty folder")
    give.add_argument(
        "--form", choices=("csv", "doctr"), default="csv", help="doctr: the lines, cut out, with texts (default: csv)"
    )
    purge = tasks.add_parser("purge", help="delete the pictures whose time is over, with what was said of them")
    for task in (take, give, purge):
        add_store(task)
