"""The verb serve: reading over HTTP, a page, and a desk for corrections."""

from __future__ import annotations

import argparse
import dataclasses
import logging
import os

from vinchar.bundle import ModelError
from vinchar.command.talk import Stop, tell
from vinchar.known import read_known


def serve(args: argparse.Namespace) -> int:
    """Serve until it is told to stop; return the exit status."""
    from vinchar.service.log import FORMAT, WithoutVins
    from vinchar.service.server import run
    from vinchar.service.settings import LIMITS, Settings, read_keys

    limits = [field.name for field in dataclasses.fields(Settings) if field.metadata.get("group") == LIMITS]
    given = {name: getattr(args, name) for name in limits if getattr(args, name) is not None}
    handler = logging.StreamHandler()
    handler.setFormatter(WithoutVins(FORMAT))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    try:
        keys = read_keys(args.keys, os.environ.get("VINCHAR_API_KEY"))
        settings = Settings(
            host=args.host,
            port=args.port,
            model=args.model,
            reader={
                "known": None if args.known is None else read_known(args.known),
                "min_confidence": args.min_confidence,
                "target_error": args.target_error,
                "recogniser": args.recogniser,
            },
            store=args.store,
            keep=args.keep,
            looks=args.looks,
            keys=keys,
            origins=tuple(args.cors),
            offline=args.offline,
            **given,
        )
        if args.keep:
            tell(f"uploads are kept for {args.keep:g} days")
        return run(settings, args.certificate, args.certificate_key)
    except (ModelError, UnicodeDecodeError, ValueError) as error:
        raise Stop(str(error)) from error
