"""The arguments of the command line: its verbs, their flags, and what each flag takes."""

from __future__ import annotations

import argparse
import dataclasses
from collections.abc import Sequence
from pathlib import Path

from vinchar.lines import FORMATS

KINDS = ("auto", "glyph", "strip", "photo")


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return what parses ``argv``; the flags of the verb ``train`` are there only where it is named."""
    from vinchar import __version__

    made = argparse.ArgumentParser(prog="vinchar", description="Read vehicle identification numbers in pictures.")
    made.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = made.add_subparsers(dest="verb", required=True, metavar="{read,train,synth,vins}")
    read = verbs.add_parser("read", help="print what is written in pictures")
    read.add_argument("paths", nargs="+", type=_path, metavar="PATH", help="pictures, and folders of them")
    read.add_argument("--kind", choices=KINDS, default="auto", help="what the pictures show (default: found out)")
    read.add_argument("--format", choices=FORMATS, default="text", help="of the lines printed (default: text)")
    read.add_argument("--annotate", type=_path, metavar="DIR", help="write the pictures with what was read drawn on")
    read.add_argument("--labels", type=_path, metavar="CSV", help="known VINs: columns image, vin; needs --report")
    read.add_argument("--report", type=_path, metavar="DIR", help="write how right the readings are; needs --labels")
    read.add_argument("--workers", type=_positive, default=1, metavar="N", help="processes that read (default: 1)")
    read.add_argument("--model", type=_path, metavar="DIR", help="read with this model (default: the shipped one)")
    read.add_argument("--barcodes", action="store_true", help="compare with barcodes in the picture that hold a VIN")
    read.add_argument("--all", action="store_true", help="a line for every VIN in a photo, the best one first")
    read.add_argument("--known", type=_path, metavar="CSV", help="VINs of your own cars (column vin): likelier then")
    read.add_argument("--no-priors", action="store_true", help="read what is there, whatever VINs usually look like")
    train = verbs.add_parser("train", help="train the model from scratch")
    if argv[:1] == ["train"]:  # its flags are the fields of a class of the training package
        _add_training_flags(train)
    synth = verbs.add_parser("synth", help="draw pictures of VINs, with labels")
    synth.add_argument("--count", type=_positive, required=True, metavar="N")
    synth.add_argument("--out", type=_path, required=True, metavar="DIR")
    synth.add_argument("--seed", type=int, default=0, metavar="N")
    synth.add_argument("--face", metavar="FAMILY", help="a folder of vinchar/drawing/fonts to draw all of them in")
    vins = verbs.add_parser("vins", help="what is known of how VINs are built")
    tasks = vins.add_subparsers(dest="task", required=True, metavar="{build,count}")
    build = tasks.add_parser("build", help="learn it anew, from your own VINs too, and make a model that knows it")
    build.add_argument("facts", nargs="*", type=_path, metavar="FACTS", help="folders of counts, and lists of VINs")
    build.add_argument(
        "--out", type=_path, required=True, metavar="DIR", help="of the model; its networks stay if it is there"
    )
    build.add_argument("--model", type=_path, metavar="DIR", help="whose networks it gets (default: the shipped one)")
    count = tasks.add_parser("count", help="count how VINs begin, and keep no whole VIN and no serial number")
    count.add_argument("lists", nargs="+", type=_path, metavar="LIST", help="CSV with a column vin, readings as jsonl")
    count.add_argument("--out", type=_path, required=True, metavar="DIR", help="of the facts")
    count.add_argument("--apart-from", type=_path, metavar="LIST", help="leave out what is nearly one of these")
    return made


def _add_training_flags(parser: argparse.ArgumentParser) -> None:
    from vinchar.training.config import GIVES, PRESETS

    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.description = "Draw the training pictures, train all networks, and report. A killed run goes on."
    parser.epilog = "\n".join(
        ["presets, on 2 cores, and the share of VINs then read right:", *(f"  {n:6} {s}" for n, s in GIVES.items())]
    )
    most = parser.add_argument_group("what most people need")
    most.add_argument("--preset", choices=PRESETS, default="full", help="see below (default: full)")
    most.add_argument(
        "--out", type=_path, default=Path("trained"), metavar="DIR", help="where the model goes (default: trained)"
    )
    most.add_argument(
        "--work", type=_path, default=Path("work"), metavar="DIR", help="where work in progress lies (default: work)"
    )
    most.add_argument("--boxed", type=_path, metavar="CSV", help="photos for the locator: image,x0,y0,x1,y1[,held_out]")
    most.add_argument("--labels", type=_path, metavar="CSV", help="known VINs of pictures beside it, to report on")
    most.add_argument(
        "--refit", action="store_true", help="keep the networks in --out; fit the confidence anew, and report"
    )
    start = most.add_mutually_exclusive_group()
    start.add_argument(
        "--resume", dest="resume", action="store_true", default=True, help="go on with what is in --work (default)"
    )
    start.add_argument("--fresh", dest="resume", action="store_false", help="start anew")
    place = most.add_mutually_exclusive_group()
    place.add_argument(
        "--install",
        action="store_true",
        help="put the finished model in place of the shipped one, unless it reads fewer of the same drawn scenes",
    )
    place.add_argument("--install-anyway", action="store_true", help="the same, even if it reads fewer of them")
    fields = [field for field in dataclasses.fields(PRESETS["full"]) if field.name != "preset"]
    for title in dict.fromkeys(field.metadata["group"] for field in fields):
        group = parser.add_argument_group(title)
        for field in (one for one in fields if one.metadata["group"] == title):
            values = [(name, getattr(config, field.name)) for name, config in PRESETS.items() if name != "tiny"]
            said = ", ".join(f"{name}: {value}" for name, value in values if name == "full" or value != field.default)
            flag, kind = f"--{field.name.replace('_', '-')}", type(field.default)
            group.add_argument(
                flag, type=kind, metavar=kind.__name__.upper(), help=f"{field.metadata['help']} ({said})"
            )


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("got an empty path")  # Path("") is the current folder
    return Path(text)


def _positive(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"got {text!r}, expected a whole number from 1 on")
    return int(text)
