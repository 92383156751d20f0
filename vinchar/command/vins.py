"""The verb vins: what is known of how VINs are built, counted and put into a model."""

from __future__ import annotations

import argparse

from vinchar.command.talk import Stop, shown, tell


def vins(args: argparse.Namespace) -> int:
    """Count VINs, or build a model that knows what was counted."""
    from vinchar.bundle import ModelError
    from vinchar.structure import facts, install

    try:
        if args.task == "count":
            found = [vin for path in args.lists for vin in facts.read_vins(path)]
            found = facts.apart_from(found, facts.read_vins(args.apart_from) if args.apart_from else [])
            facts.write(found, args.out)
            tell(f"counted {len(found)} VINs; the facts are in {shown(args.out)}")
            return 0
        made = install.install(args.facts, args.out, args.model)
    except (ModelError, UnicodeDecodeError, ValueError) as error:
        raise Stop(str(error)) from error
    tell(f"the model is in {shown(args.out)}; what it knows of VINs has {made['entries']:,} entries")
    return 0
