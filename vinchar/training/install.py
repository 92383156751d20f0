"""A trained model in place of the shipped one, if it reads as many of the same drawn scenes rightly."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

from vinchar.bundle import ModelError, default_folder, open_bundle
from vinchar.evaluation import metrics
from vinchar.files import whole_folder
from vinchar.training.cache import SceneCache, draw_scenes
from vinchar.training.card import model_card, summary
from vinchar.training.config import TrainConfig
from vinchar.training.measure import read_scenes, true_vins

SCENES = 400  # that both models read: whole parts of those that a long run has drawn already
EXACT, ERRORS = "exact match", "character error rate"


def check_place(out: Path) -> None:
    """Raise ``ValueError`` if the model would be made where the shipped one lies, with which it is to be compared."""
    if out.resolve() == default_folder().resolve():
        raise ValueError(f"--install: the shipped model lies in --out {out}; name another folder to train in")


def install(out: Path, work: Path, anyway: bool = False) -> bool:
    """Put the model in ``out`` in place of the shipped one, or leave that one if it is better; return which was done.

    Both read the same drawn scenes now, in faces that were held out: what they say of themselves may have been
    measured on unlike ones, or by another reader. ``anyway``: install it even if fewer are read rightly. The
    comparison is printed to standard error, and kept in the card of an installed model. Raises ``ModelError`` for a
    model that cannot be used, ``OSError``.
    """
    check_place(out)
    place = default_folder().resolve()
    description = open_bundle(out).description
    config = TrainConfig(**description["config"])
    try:
        shipped: dict[str, Any] | None = open_bundle(place).description
    except ModelError as error:
        shipped = None
        _tell(f"nothing to compare with: {error}")
    if shipped is not None:
        scenes = draw_scenes(work / "scenes", SCENES, config.seed + 1, config.workers, held_out=True)
        new, old = (_scores(model, scenes, config.workers) for model in (out, place))
        rows = [(f"the same {len(scenes)} scenes read by both, {name}", new[name], old[name]) for name in new]
        beside, replaced = ({name: f"{row[i]:.4f}" for name, *row in rows} for i in (0, 1))
        _show((summary(description) or {}) | beside, (summary(shipped) or {}) | replaced)
        if new[EXACT] < old[EXACT] and not anyway:
            _tell(f"not installed, as it reads fewer of them: it stays in {out}; --install-anyway installs it")
            return False
        description |= {"beside": beside, "replaced": (summary(shipped) or {}) | replaced}
    with whole_folder(place, replace=True) as fresh:
        shutil.copytree(out, fresh, dirs_exist_ok=True)
        (fresh / "model.json").write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        (fresh / "README.md").write_text(model_card(description), encoding="utf-8")
    _tell(f"installed in {place}")
    return True


def _scores(model: Path, scenes: SceneCache, workers: int) -> dict[str, float]:
    truths, read = true_vins(scenes), read_scenes(model, scenes, workers)
    return {EXACT: metrics.exact_match(truths, read), ERRORS: metrics.character_error_rate(truths, read)}


def _show(new: dict[str, str], old: dict[str, str]) -> None:
    """Print what is known of both models, a line each."""
    _tell("the trained model beside the shipped one")
    width = max(map(len, new))
    for name, value in new.items():
        print(f"  {name:{width}}  {value}  |  {old.get(name, '-')}", file=sys.stderr)


def _tell(sentence: str) -> None:
    print(f"vinchar: {sentence}", file=sys.stderr)
