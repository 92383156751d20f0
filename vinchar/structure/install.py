"""A model folder with what is known of VINs made anew: from the facts here, and from a firm's own lists."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from vinchar.bundle import STRUCTURE, open_bundle, sha256
from vinchar.files import whole_folder
from vinchar.structure.build import build
from vinchar.structure.facts import FACTS, NINTH, SERIAL, UNKNOWN, VALID, Facts, load
from vinchar.structure.model import CHECK_INDEX, Learned, Structure, weighted_sum
from vinchar.structure.rules import REGIONS, region_table
from vinchar.structure.store import Knowledge, to_bytes
from vinchar.structure.text import build_text_model
from vinchar.vin import LENGTH

HELD_OUT = 10  # of so many beginnings one is held out to measure on


def install(sources: Sequence[Path], out: Path, base: Path | None = None) -> dict[str, Any]:
    """Make what is known of VINs from the project's facts and ``sources``, and put it into the model folder ``out``.

    ``sources``: folders of facts and lists of VINs, see ``facts.load``. Where ``out`` is not a model yet, it becomes a
    copy of ``base``, by default the shipped model. Returns what ``model.json`` then says of it. Raises ``ValueError``
    for unusable sources, ``ModelError`` for a model that is none.
    """
    if out.exists() and not (out / "model.json").exists():
        raise ValueError(f"{out}: holds something that is not a model; name another place with --out")
    facts = load([*project_facts(), *sources])
    knowledge = Knowledge(build(facts), build_text_model())
    whose = out if out.exists() else open_bundle(base).structure.parent
    description: dict[str, Any] = json.loads((whose / "model.json").read_text(encoding="utf-8"))
    learned = next(part for _, part in knowledge.structure.parts if isinstance(part, Learned))
    description["structure"] = {
        "facts": [source.name for source in (*project_facts(), *sources)],
        "entries": len(learned.names),
        "bits": bits(facts),
    }
    with whole_folder(out, replace=True) as made:
        shutil.copytree(whose, made, dirs_exist_ok=True)
        (made / STRUCTURE).write_bytes(to_bytes(knowledge))
        description["sha256"][STRUCTURE] = sha256(made / STRUCTURE)
        (made / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return dict(description["structure"])


def project_facts() -> list[Path]:
    """Return the folders of facts that the project has."""
    return sorted(path for path in FACTS.iterdir() if path.is_dir())


def bits(facts: Facts, seed: int = 0) -> dict[str, tuple[float, int]]:
    """Return the bits a character by region, and how many beginnings each was measured on.

    One beginning in ten is held out from a model made of all others, so none of them was seen; the serial numbers are
    drawn digits.
    """
    rows = facts.rows.astype(np.intp)
    counted = np.flatnonzero((rows[:, 3:11] != UNKNOWN).all(axis=1) & (rows[:, NINTH] != UNKNOWN))
    _, beginning = np.unique(np.delete(rows[counted, :11], NINTH, axis=1), axis=0, return_inverse=True)
    rng = np.random.default_rng(seed)
    held = counted[rng.permutation(beginning.max() + 1)[beginning] % HELD_OUT == 0]
    structure: Structure = build(Facts(np.delete(facts.rows, held, axis=0), np.delete(facts.weight, held)))
    strings = rows[held]
    strings[:, SERIAL] = rng.integers(0, 10, (len(held), len(SERIAL)))
    valid = strings[:, NINTH] == VALID
    strings[valid, NINTH] = CHECK_INDEX[weighted_sum(strings[valid])]
    each = -structure.log_prob(strings) / np.log(2) / LENGTH
    regions, weight = region_table()[strings[:, 0], strings[:, 1]], facts.weight[held]
    return {
        name: (round(float(np.average(each[regions == i], weights=weight[regions == i])), 3), int((regions == i).sum()))
        for i, name in enumerate(REGIONS)
        if (regions == i).any()
    }
