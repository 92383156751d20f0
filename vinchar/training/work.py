"""The folders of a training run: where its work in progress lies, what of it is still good, where the model goes."""

from __future__ import annotations

import dataclasses
import hashlib
import json
import shutil
import sys
import time
from pathlib import Path
from typing import Any

from vinchar.drawing.faces import faces_digest
from vinchar.files import remove_parts, write_whole
from vinchar.training.boxed import Boxed
from vinchar.training.config import TrainConfig

CONTENTS = 6  # of what a work folder holds: one more with every change to it


class Clock:
    """The time spent in a work folder, or on what is named, over all runs; a kill loses at most that of one step."""

    def __init__(self, work: Path, name: str = "") -> None:
        self._path, self._last = work / f"{name}seconds.json", time.time()

    def minutes(self) -> float:
        """Add the time since the last call and return all of it."""
        now, before = time.time(), json.loads(self._path.read_text()) if self._path.exists() else 0.0
        total = before + now - self._last
        write_whole(self._path, json.dumps(total))
        self._last = now
        return float(total / 60)


def check_places(out: Path, work: Path) -> None:
    """Refuse to replace anything but a model, before hours are spent."""
    if out.exists() and not (out / "model.json").exists() and (not out.is_dir() or any(out.iterdir())):
        raise ValueError(f"{out}: holds something that is not a model; name another place with --out")
    if out == work or out in work.parents or work in out.parents:
        raise ValueError(f"--out {out} and --work {work}: one lies in the other; name two places")


def open_work(config: TrainConfig, boxed: list[Boxed], work: Path, resume: bool) -> None:
    """Open the work folder of a run with this configuration and these photos, as ``open_folder`` does."""
    photos = [(str(one.path.resolve()), one.box, one.held_out) for one in boxed]
    wanted = {"boxed": hashlib.sha256(repr(photos).encode()).hexdigest() if boxed else None}
    open_folder(work, dataclasses.asdict(config) | wanted, resume)


def open_folder(work: Path, wanted: dict[str, Any], resume: bool) -> None:
    """Keep what an earlier run of what is ``wanted``, with these faces, left in a folder; clear what another one left.

    ``wanted``: what can be written as JSON; how many ``workers`` there are changes nothing. Raises ``ValueError`` for a
    folder that holds something else.
    """
    wanted = wanted | {"faces": faces_digest(), "contents": CONTENTS}
    kept = work / "config.json"
    left = _left_by_a_run(kept)
    if left is None and work.exists() and (not work.is_dir() or any(work.iterdir())):
        raise ValueError(f"{work}: not a training folder of vinchar and not empty; name another one with --work")
    if left is not None:
        same = {**left, "workers": 0} == {**wanted, "workers": 0}
        if resume and same:
            print(f"vinchar: going on with what is in {work}", file=sys.stderr)
            remove_parts(work)
            return
        why = "--fresh" if same else "it is of another configuration, version, other faces or photos"
        print(f"vinchar: starting anew, clearing {work}: {why}", file=sys.stderr)
        for path in work.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
            elif path != kept:
                path.unlink()
    write_whole(kept, json.dumps(wanted, indent=2))


def kept_config(work: Path) -> TrainConfig:
    """Return the configuration of the run that left the folder ``work``."""
    kept = json.loads((work / "config.json").read_text())
    return TrainConfig(**{field.name: kept[field.name] for field in dataclasses.fields(TrainConfig)})


def _left_by_a_run(kept: Path) -> dict[str, Any] | None:
    """Return what a run wrote to this file, None if none did."""
    try:
        left = json.loads(kept.read_text())
    except (OSError, ValueError):
        return None
    always = {"rectifier_steps", "faces"}  # in every version, and in nobody else's files
    return left if isinstance(left, dict) and always <= left.keys() else None
