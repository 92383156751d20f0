"""The arguments of the command line: its verbs, their flags, and what each flag takes."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from pathlib import Path

from vinchar.command.desk_arguments import add_desk_flags
from vinchar.command.flags import (
    add_fields,
    add_known,
    add_least,
    add_model,
    add_start,
    add_store,
    path,
    positive,
    source,
)

KINDS = ("auto", "glyph", "strip", "photo")
FORMATS = ("text", "csv", "jsonl")

_EXAMPLES = {
    "read": """
  vinchar read photos                                      a line for every picture in a folder
  vinchar read photos --format jsonl --output vins.jsonl   all that was read, in a file; --resume goes on with it
  vinchar read photos --target-error 0.01 --strict         accept at most 1 wrong in 100; status 1 unless all are
  vinchar read photos --labels labels.csv --report out     how right it is on your own photos: out/index.html
  vinchar read labels --barcodes --all --annotate drawn    barcodes too, every VIN of a picture, and drawings of it""",
    "batch": """
  vinchar batch photos --out readings                            with all cores of this machine
  vinchar batch photos --out readings --resume                   goes on after a kill, and reads what has been added
  vinchar batch s3://bucket/photos --out s3://bucket/readings --address auto   on the cluster that it runs in""",
    "train": """
  vinchar train --preset quick            a try in minutes
  vinchar train --labels labels.csv       the whole, with a report on pictures of your own
  vinchar train --install                 put it in place of the shipped one, if it reads as many drawn scenes
  vinchar train --refit --out my_model    keep the networks, fit the confidence anew""",
    "adapt": """
  vinchar adapt labels.csv --out my_model                      learn from the photos whose VINs are in labels.csv
  vinchar adapt labels.csv --unlabelled photos --out my_model  and from others, by what is surely read in them
  vinchar adapt --unlabelled photos --out my_model --suggest 100   from those alone, and say which to label next""",
    "synth": """
  vinchar synth --count 200 --out drawn             pictures with labels.json and glyphs.json
  vinchar synth --count 50 --out look --face Inter  all in one family of fonts""",
    "serve": """
  vinchar serve                                   on this machine: http://127.0.0.1:8000
  vinchar serve --keep 30                         uploads that need a look go to the desk, for 30 days
  VINCHAR_API_KEY=... vinchar serve --host 0.0.0.0 --certificate cert.pem --certificate-key key.pem""",
    "vins": """
  vinchar vins build fleet.csv --out my_model   a model that knows your own VINs, too
  vinchar vins count fleet.csv --out facts      what can be shared: no whole VIN, no serial number""",
    "desk": """
  vinchar desk import photos --store vinchar.db                     pictures to label, with what is read in them
  vinchar desk import suggested.csv --store vinchar.db --looks 2    each by two people, who must agree
  vinchar desk export --out labels --form csv --store vinchar.db    and then: vinchar adapt labels --out my_model
  vinchar desk purge --store postgresql://anna@host/vinchar         delete the uploads whose time is over""",
}


def parser(argv: Sequence[str]) -> argparse.ArgumentParser:
    """Return what parses ``argv``; the flags of ``train`` and ``adapt`` are there only where one is named."""
    from vinchar import __version__

    made = argparse.ArgumentParser(prog="vinchar", description="Read vehicle identification numbers in pictures.")
    made.add_argument("--version", action="version", version=f"%(prog)s {__version__}")
    verbs = made.add_subparsers(dest="verb", required=True, metavar="{read,batch,serve,desk,train,adapt,synth,vins}")
    _add_reading_flags(_verb(verbs, "read", "print what is written in pictures"))
    _add_batch_flags(_verb(verbs, "batch", "read very many pictures, on one machine or a Ray cluster"))
    serve = _verb(verbs, "serve", "read over HTTP, with a page for phones and a desk for corrections")
    if argv[:1] == ["serve"]:
        _add_serving_flags(serve)
    train = _verb(verbs, "train", "train the model from scratch")
    if argv[:1] == ["train"]:  # its flags are the fields of a class of the training package
        _add_training_flags(train)
    adapt = _verb(verbs, "adapt", "teach a model your own photos")
    if argv[:1] == ["adapt"]:
        _add_adapting_flags(adapt)
    synth = _verb(verbs, "synth", "draw pictures of VINs, with labels")
    synth.add_argument("--count", type=positive, required=True, metavar="N", help="how many")
    synth.add_argument("--out", type=path, required=True, metavar="DIR", help="a new or an empty folder")
    synth.add_argument("--seed", type=int, default=0, metavar="N", help="the same number draws the same (default: 0)")
    synth.add_argument("--face", metavar="FAMILY", help="a folder of vinchar/drawing/fonts to draw all of them in")
    vins = _verb(verbs, "vins", "what is known of how VINs are built")
    tasks = vins.add_subparsers(dest="task", required=True, metavar="{build,count}")
    build = tasks.add_parser("build", help="learn it anew, from your own VINs too, and make a model that knows it")
    build.add_argument("facts", nargs="*", type=path, metavar="FACTS", help="folders of counts, and lists of VINs")
    build.add_argument(
        "--out", type=path, required=True, metavar="DIR", help="of the model; its networks stay if it is there"
    )
    build.add_argument("--model", type=path, metavar="DIR", help="whose networks it gets (default: the shipped one)")
    count = tasks.add_parser("count", help="count how VINs begin, and keep no whole VIN and no serial number")
    count.add_argument("lists", nargs="+", type=path, metavar="LIST", help="CSV with a column vin, readings as jsonl")
    count.add_argument("--out", type=path, required=True, metavar="DIR", help="of the facts")
    count.add_argument("--apart-from", type=path, metavar="LIST", help="leave out what is nearly one of these")
    add_desk_flags(_verb(verbs, "desk", "pictures to label by people, and their labels"))
    return made


def _verb(verbs: argparse._SubParsersAction[argparse.ArgumentParser], name: str, what: str) -> argparse.ArgumentParser:
    return verbs.add_parser(
        name,
        help=what,
        description=f"{what[0].upper()}{what[1:]}.",
        epilog=f"examples:{_EXAMPLES[name]}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )


def _add_reading_flags(read: argparse.ArgumentParser) -> None:
    told = "pictures, folders of them, patterns such as photos/*.jpg; - reads a list of them from standard input"
    read.add_argument("paths", nargs="+", type=source, metavar="PATH", help=told)
    read.add_argument(
        "--workers",
        type=positive,
        default=1,
        metavar="N",
        help="processes that read, at most as many as you have cores (default: 1)",
    )
    sure = _add_finding_flags(read)
    sure.add_argument("--strict", action="store_true", help="exit status 1 where a reading is uncertain, too")
    out = read.add_argument_group("what is written")
    out.add_argument(
        "--format", choices=FORMATS, help="of the lines (default: what --output ends in, .csv or .jsonl, else text)"
    )
    out.add_argument("--output", type=path, metavar="FILE", help="write the lines to a file, whole at the end")
    out.add_argument("--resume", action="store_true", help="skip the pictures that are in --output already")
    out.add_argument(
        "--annotate", type=path, metavar="DIR", help="save copies of the pictures, with what was read drawn on them"
    )
    out.add_argument("--labels", type=path, metavar="CSV", help="known VINs: columns image, vin; needs --report")
    out.add_argument("--report", type=path, metavar="DIR", help="write how right the readings are; needs --labels")
    out.add_argument(
        "--no-causes", dest="causes", action="store_false", help="report without looking why readings are wrong"
    )


def _add_finding_flags(parser: argparse.ArgumentParser) -> argparse._ArgumentGroup:
    """Add what a reader and its pictures can be told; return the group of flags on how sure to be."""
    parser.add_argument(
        "--allow-urls", action="store_true", help="fetch what begins with http:// or https://, if it is public"
    )
    parser.add_argument("--kind", choices=KINDS, default="auto", help="what the pictures show (default: auto)")
    add_model(parser)
    find = parser.add_argument_group("what is looked for")
    find.add_argument("--all", action="store_true", help="every VIN in a picture, the best one first")
    find.add_argument("--barcodes", action="store_true", help="read barcodes, too, and compare")
    add_known(find)
    find.add_argument("--no-priors", action="store_true", help="read what is there, whatever VINs usually look like")
    sure = parser.add_argument_group("how sure to be")
    add_least(sure)
    return sure


def _add_batch_flags(batch: argparse.ArgumentParser) -> None:
    told = (
        "pictures, folders of them, patterns, lists (CSV or Parquet with a column image, or .txt); "
        "also s3://..., and wherever else fsspec reaches"
    )
    batch.add_argument("sources", nargs="+", metavar="SOURCE", help=told)
    batch.add_argument("--out", required=True, metavar="DIR", help="of the Parquet files: a new or an empty folder")
    batch.add_argument("--resume", action="store_true", help="skip the pictures that are in --out already")
    batch.add_argument(
        "--address",
        default=os.environ.get("RAY_ADDRESS") or "local",
        metavar="ADDRESS",
        help="of a Ray cluster; auto: the one that this runs in (default: RAY_ADDRESS, or this machine alone)",
    )
    batch.add_argument("--workers", type=positive, metavar="N", help="processes that read (default: one for each core)")
    _add_finding_flags(batch)


def _add_serving_flags(parser: argparse.ArgumentParser) -> None:
    from vinchar.service.settings import Settings

    most = parser.add_argument_group("what most people need")
    most.add_argument("--host", default="127.0.0.1", help="where to listen; others than this machine need a key")
    most.add_argument("--port", type=int, default=8000, help="0: one that is free (default: 8000)")
    add_model(most)
    add_known(most)
    add_least(most)
    add_store(most)
    most.add_argument(
        "--keep", type=float, default=0, metavar="DAYS", help="keep uploads so long (default: not at all)"
    )
    most.add_argument(
        "--looks", type=positive, default=1, metavar="N", help="people who must agree on what was kept (default: 1)"
    )
    told = "the built page that reads in the browser (default: that of this vinchar, if it is built)"
    most.add_argument("--offline", type=path, metavar="FOLDER", help=told)
    safe = parser.add_argument_group("who may ask")
    safe.add_argument(
        "--keys", type=path, metavar="FILE", help="lines of a name and a key; VINCHAR_API_KEY is one without a name"
    )
    told = "pages of this origin may ask, as https://shop.example"
    safe.add_argument("--cors", action="append", default=[], metavar="ORIGIN", help=told)
    safe.add_argument("--certificate", type=path, metavar="PEM", help="serve https with it")
    safe.add_argument("--certificate-key", type=path, metavar="PEM", help="its private key")
    add_fields(parser, Settings(), {"default": Settings()})


def _add_training_flags(parser: argparse.ArgumentParser) -> None:
    from vinchar.training.config import GIVES, PRESETS

    parser.description = "Draw the training pictures, train all networks, and report. A killed run goes on."
    presets = "\n".join(f"  {name:6} {gives}" for name, gives in GIVES.items())
    parser.epilog = f"presets, on 2 cores, and the share of VINs then read right:\n{presets}\n\n{parser.epilog}"
    most = parser.add_argument_group("what most people need")
    most.add_argument("--preset", choices=PRESETS, default="full", help="see below (default: full)")
    most.add_argument(
        "--out", type=path, default=Path("trained"), metavar="DIR", help="where the model goes (default: trained)"
    )
    most.add_argument(
        "--work", type=path, default=Path("work"), metavar="DIR", help="where work in progress lies (default: work)"
    )
    most.add_argument("--boxed", type=path, metavar="CSV", help="photos for the locator: image,x0,y0,x1,y1[,held_out]")
    most.add_argument("--labels", type=path, metavar="CSV", help="known VINs of pictures beside it, to report on")
    most.add_argument(
        "--adapt", action="store_true", help="teach a model your own photos instead: see vinchar adapt --help"
    )
    most.add_argument(
        "--refit", action="store_true", help="keep the networks in --out; fit the confidence anew, and report"
    )
    add_start(most)
    place = most.add_mutually_exclusive_group()
    place.add_argument(
        "--install",
        action="store_true",
        help="put the finished model in place of the shipped one, unless it reads fewer of the same drawn scenes",
    )
    place.add_argument("--install-anyway", action="store_true", help="the same, even if it reads fewer of them")
    values = {name: config for name, config in PRESETS.items() if name != "tiny"}
    add_fields(parser, PRESETS["full"], values)


def _add_adapting_flags(parser: argparse.ArgumentParser) -> None:
    from vinchar.training.adapting.config import AdaptConfig

    parser.description = (
        "Teach a model your own photos, labelled or not, without a box drawn: report what that gave and which labels "
        "are likely wrong, and write the model if it is better on photos kept apart. A killed run goes on."
    )
    most = parser.add_argument_group("what most people need")
    most.add_argument(
        "sources",
        nargs="*",
        type=path,
        metavar="SOURCE",
        help="CSV files with columns image, vin[, x0, y0, x1, y1][, split]; docTR folders of texts or of polygons",
    )
    most.add_argument(
        "--unlabelled", nargs="+", default=[], type=path, metavar="DIR", help="photos without labels, to learn from"
    )
    most.add_argument("--out", type=path, required=True, metavar="DIR", help="where the model goes")
    most.add_argument("--base", type=path, metavar="DIR", help="the model to adapt (default: the shipped one)")
    most.add_argument("--report", type=path, metavar="DIR", help="where the report goes (default: OUT_report)")
    most.add_argument(
        "--suggest", type=positive, default=0, metavar="N", help="name N photos without a label that would teach most"
    )
    most.add_argument("--force", action="store_true", help="write the model even if it is not better")
    most.add_argument("--credit", default="", metavar="TEXT", help="whose photos these are, for the model card")
    most.add_argument(
        "--work",
        type=path,
        default=Path("work-adapt"),
        metavar="DIR",
        help="where work in progress lies (default: work-adapt)",
    )
    add_start(most)
    add_fields(parser, AdaptConfig(), {"default": AdaptConfig()})
