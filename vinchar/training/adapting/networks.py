"""The networks of a model taught on: by what photos teach, with drawn pictures, so that nothing is forgotten."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import keras
import numpy as np

from vinchar.bundle import EXPERTS, NETWORKS, Bundle, open_bundle, sha256
from vinchar.files import whole_folder
from vinchar.training import nets
from vinchar.training.adapting.config import AdaptConfig
from vinchar.training.adapting.lessons import Lessons
from vinchar.training.batches import Draw, Glyphs, Taught, line_batches, strip_batches
from vinchar.training.cache import (
    LineCache,
    SceneCache,
    cut_strips,
    draw_lines,
    draw_others,
    draw_photos,
    draw_scenes,
)
from vinchar.training.export import export
from vinchar.training.fit import fit
from vinchar.training.losses import heat_loss, line_loss
from vinchar.training.quantize import Batches, locator_inputs, quantize, strip_inputs
from vinchar.training.recognisers import RECIPES
from vinchar.training.sights import SIDE, sight_batches
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH

LINE_FRAMES = 2  # frames of each drawn scene, for the rectifier
RATE = 0.5  # of the classifier's learning rate: that of the other networks
BUILD: dict[str, Callable[[], keras.Model]] = {
    "locator": nets.locator,
    "rectifier": nets.rectifier,
    **{name: recipe.build for name, recipe in RECIPES.items()},
}
HISTORY = list[dict[str, float]]


@dataclass(frozen=True, eq=False, slots=True)
class Teacher:
    """Teaches the networks of a model on, in the folder ``work``; ``written``: EMNIST, if it is there.

    Each method returns the folder of a model that differs from the one it got in one network; what a killed run has
    finished is taken as it is. ``histories``: the losses of every network that was taught, by name.
    """

    config: AdaptConfig
    work: Path
    written: Glyphs | None
    histories: dict[str, HISTORY]

    def recogniser(self, name: str, model: Path, network: str, lessons: Lessons) -> Path:
        """Teach a ``network`` that reads strips, one of ``RECIPES``; handwriting is rehearsed by the classifier."""
        config, rectifier, recipe = self.config, model / "rectifier.onnx", RECIPES[network]
        drawn = cut_strips(self.work / "strips", self._scenes(), rectifier, config.seed, config.workers)
        folder = self.work / f"{name}-strips"
        strips = cut_strips(folder, lessons.lines, rectifier, config.seed, config.workers, config.copies)
        taught = lessons.taught[strips.scene]
        weight = lessons.weight[strips.scene] * (recipe.skips | taught.all(axis=1))
        written = self.written if network == "classifier" else None
        real = Taught(strips, weight, taught) if weight.any() else None
        draw = strip_batches(
            drawn, written, config.batch, config.rehearsal, real=real, share=config.real, target=recipe.target
        )
        shape = (STRIP_HEIGHT, STRIP_WIDTH, 1)
        teach = partial(self._fit, name, draw=draw, loss=recipe.loss, steps=config.steps, rate=config.learning_rate)
        return self._taught(name, model, network, teach, shape, lambda: strip_inputs(drawn))

    def locator(self, name: str, model: Path, wholes: Sequence[SceneCache]) -> Path:
        """Teach the network that finds VINs in photos: half of its pictures are drawn."""
        config = self.config
        drawn = draw_photos(self.work / "photos", config.photos, config.seed, config.workers)
        others = draw_others(self.work / "photos", max(1, config.photos // 5), config.seed, config.workers)
        draw = sight_batches([*wholes, *[drawn] * len(wholes)], others, config.photo_batch)
        rate = RATE * config.learning_rate
        teach = partial(self._fit, name, draw=draw, loss=heat_loss, steps=config.locator_steps, rate=rate)
        return self._taught(name, model, "locator", teach, (SIDE, SIDE, 1), lambda: locator_inputs(drawn))

    def rectifier(self, name: str, model: Path, lessons: Lessons) -> Path:
        """Teach the network that straightens lines: about half of its pictures are drawn."""
        config = self.config
        drawn = draw_lines(self.work / "lines", self._scenes(), config.seed, config.workers, LINE_FRAMES)
        frames = max(1, round(len(drawn.picture) / len(lessons)))
        real = draw_lines(self.work / f"{name}-lines", lessons.lines, config.seed, config.workers, frames)
        both = LineCache(np.concatenate([drawn.picture, real.picture]), np.concatenate([drawn.target, real.target]))
        draw, rate = line_batches(both, config.line_batch), RATE * config.learning_rate
        teach = partial(self._fit, name, draw=draw, loss=line_loss, steps=config.rectifier_steps, rate=rate)
        return self._taught(name, model, "rectifier", teach, (*nets.LINE_SIZE, 1), None)

    def _scenes(self) -> SceneCache:
        config = self.config
        return draw_scenes(self.work / "scenes", config.scenes, config.seed, config.workers)

    def _fit(
        self, name: str, network: keras.Model, start: keras.Model, *, draw: Draw, loss: Any, steps: int, rate: float
    ) -> None:
        self.histories[name], _ = fit(
            name,
            network,
            draw,
            loss,
            steps=steps,
            seed=self.config.seed,
            learning_rate=rate,
            work=self.work,
            start_from=start,
            checkpoint_seconds=0,  # these runs are short
        )

    def _taught(
        self,
        name: str,
        model: Path,
        network: str,
        teach: Callable[[keras.Model, keras.Model], None],
        shape: tuple[int, ...],
        inputs: Callable[[], Batches] | None,
    ) -> Path:
        """Return ``work/models/NAME``: the model with one network taught on, in integers if there are ``inputs``."""
        made, begun = _begun(model, network)
        teach(made, begun)
        place = self.work / "models" / name
        if not place.exists():
            with whole_folder(place) as fresh:
                shutil.copytree(model, fresh, dirs_exist_ok=True, ignore=shutil.ignore_patterns("report", "README.md"))
                export(BUILD[network], made, shape, fresh / network)
                if inputs is not None:
                    exact = RECIPES[network].exact if network in RECIPES else 0
                    quantize(fresh / f"{network}.onnx", inputs(), exact)
                path = fresh / "model.json"
                description = json.loads(path.read_text(encoding="utf-8"))
                for file in (f"{network}.onnx", f"{network}.keras"):
                    description["sha256"][file] = sha256(fresh / file)
                path.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
        return place


def way_of(bundle: Bundle, name: str) -> str:
    """Return the name of a way to read strips, also for "usual". Raises ``ValueError`` if a model has no such one."""
    name = bundle.recogniser if name == "usual" else name
    if name not in bundle.recognisers:
        raise ValueError(f"recogniser: got {name!r}, expected one of the base: usual, {', '.join(bundle.recognisers)}")
    return name


def narrowed(base: Path, way: str, place: Path) -> Path:
    """Return ``place``, where a copy of a model goes that has one way to read strips, and no networks but for that."""
    if not place.exists():
        experts = open_bundle(base).recognisers[way].experts
        needless = {network for expert, network in EXPERTS.items() if expert not in experts} - set(NETWORKS)
        left = [f"{network}{suffix}" for network in needless for suffix in (".onnx", ".keras")]
        with whole_folder(place) as fresh:
            ignore = shutil.ignore_patterns("report", "README.md", *left)
            shutil.copytree(base, fresh, dirs_exist_ok=True, ignore=ignore)
            path = fresh / "model.json"
            description = json.loads(path.read_text(encoding="utf-8"))
            description |= {"recogniser": way, "recognisers": {way: description["recognisers"][way]}}
            description["sha256"] = {name: one for name, one in description["sha256"].items() if name not in left}
            path.write_text(json.dumps(description, indent=2) + "\n", encoding="utf-8")
    return place


def check_networks(model: Path, config: AdaptConfig, recognisers: Sequence[str]) -> None:
    """Raise ``ValueError`` if a network that is to be taught on cannot be: before hours are spent on reading photos."""
    steps = {"locator": config.locator_steps, "rectifier": config.rectifier_steps}
    for network in (*recognisers, *(name for name, some in steps.items() if some)):
        _begun(model, network)


def _begun(model: Path, network: str) -> tuple[keras.Model, keras.Model]:
    """Return a new network, and the one of a model that it is to begin as."""
    path = model / f"{network}.keras"
    if not path.is_file():
        raise ValueError(f"{path}: not there; a model is adapted from its .keras files: clone the repository for them")
    made, begun = BUILD[network](), keras.saving.load_model(path, compile=False)
    if [w.shape for w in made.get_weights()] != [w.shape for w in begun.get_weights()]:
        raise ValueError(f"{path}: another network than this version makes; train the model anew")
    return made, begun
