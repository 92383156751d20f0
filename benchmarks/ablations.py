"""What each part of the classifier's training gives: ``python3 benchmarks/ablations.py --work work``.

Needs the folder that a finished ``train.py --work work`` leaves. Trains the classifier there on the same strips in
several ways, ``--steps`` each, and prints a row a way as Markdown: exact match and glyphs named rightly on scenes in
held-out faces, accuracy on the EMNIST test glyphs and, with FOLDER and ``--labels``, exact match on pictures of your
own. ``--way NAME``, also several times: these alone. A killed run goes on where it was (``work/ablations``).
"""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import cv2
import keras
import numpy as np
from numpy.typing import NDArray

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from vinchar.bundle import NETWORKS, sha256  # noqa: E402
from vinchar.classify import Classifier  # noqa: E402
from vinchar.evaluation.metrics import exact_match  # noqa: E402
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.files import write_whole  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.training import batches, handwriting, measure, nets  # noqa: E402
from vinchar.training.cache import StripCache, cut_strips, draw_scenes  # noqa: E402
from vinchar.training.config import TrainConfig  # noqa: E402
from vinchar.training.export import export  # noqa: E402
from vinchar.training.fit import fit, precision  # noqa: E402
from vinchar.training.muon import KernelMuon  # noqa: E402
from vinchar.training.work import kept_config  # noqa: E402
from vinchar.types import STRIP_HEIGHT, STRIP_WIDTH  # noqa: E402


@dataclass(frozen=True, slots=True)
class Way:
    """One way to train: network, whether it starts from EMNIST, share of handwriting, strips, loss, optimiser."""

    name: str
    build: Callable[[], keras.Model] = nets.classifier
    pretrained: bool = True
    rehearsal: float | None = None  # that of the run in --work
    share: float = 1.0  # of the strips
    shake: Callable[..., batches.Shaken] = batches.shake_strip
    loss: Callable[..., keras.losses.Loss] = keras.losses.CategoricalCrossentropy
    optimizer: Callable[..., keras.optimizers.Optimizer] = KernelMuon
    slower: float = 1.0  # how many times smaller the learning rate is

    def fit(
        self,
        strips: StripCache,
        written: batches.Glyphs,
        config: TrainConfig,
        emnist: keras.Model,
        steps: int,
        to: Path,
    ) -> keras.Model:
        """Train the classifier in this way, and keep it in the folder ``to``."""
        keras.utils.set_random_seed(config.seed)
        model = self.build()
        some = np.s_[: round(self.share * len(strips.gray))]
        rehearsal = config.rehearsal if self.rehearsal is None else self.rehearsal
        strips = StripCache(strips.gray[some], strips.centres[some], strips.classes[some], strips.scene[some])
        fit(
            "classifier",
            model,
            batches.strip_batches(strips, written, config.batch, rehearsal, self.shake),
            self.loss(from_logits=True),
            steps=steps,
            seed=config.seed,
            learning_rate=config.learning_rate / self.slower,
            work=to,
            optimizer=self.optimizer,
            start_from=emnist if self.pretrained else None,
        )
        return model


def as_drawn(gray: NDArray[np.uint8], centres: NDArray[np.float32], rng: np.random.Generator) -> batches.Shaken:
    """Return the strip as it is."""
    return gray, centres


WAYS = (
    Way("as shipped"),
    Way("no EMNIST pretraining", pretrained=False),
    Way("no handwriting at all", pretrained=False, rehearsal=0.0),
    Way("no pretraining, half the filters", partial(nets.classifier, width=0.5), pretrained=False),
    Way("no pretraining, 1.4 times the filters", partial(nets.classifier, width=1.4), pretrained=False),
    Way("no pretraining, no context along the line", partial(nets.classifier, context=1), pretrained=False),
    Way("an eighth of the strips", share=0.125),
    Way("strips not shaken", shake=as_drawn),
    Way("label smoothing 0.1", loss=partial(keras.losses.CategoricalCrossentropy, label_smoothing=0.1)),
    Way("focal loss", loss=keras.losses.CategoricalFocalCrossentropy),
    Way("AdamW for all weights, a third of the rate", optimizer=keras.optimizers.AdamW, slower=3.0),
)


def main() -> None:
    """Train and measure each way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--work", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=2000)
    parser.add_argument("--way", action="append", choices=[way.name for way in WAYS], help="only this one; repeatable")
    args = parser.parse_args()
    if (args.folder is None) != (args.labels is None):
        parser.error("FOLDER and --labels go together")
    cv2.setNumThreads(1)
    config = kept_config(args.work)
    keras.mixed_precision.set_dtype_policy(precision(config.precision))
    written, test = handwriting.load("train"), handwriting.load("test")
    scenes = draw_scenes(args.work / "scenes", config.scenes, config.seed, config.workers)
    rectifier = args.work / "model" / "rectifier.onnx"
    strips = cut_strips(args.work / "strips", scenes, rectifier, config.seed, config.workers)
    held_out = draw_scenes(
        args.work / "scenes", config.validation_scenes, config.seed + 1, config.workers, held_out=True
    ).part(0)
    emnist = nets.classifier()
    emnist.load_weights(args.work / "emnist.weights.h5")

    print("| way | parameters | held-out faces | glyphs right | EMNIST | own pictures |\n| --- |" + " --- |" * 5)
    for way in WAYS if args.way is None else [way for way in WAYS if way.name in args.way]:
        folder = args.work / "ablations" / f"{args.steps} {way.name}"
        model = way.fit(strips, written, config, emnist, args.steps, folder)
        staged = _stage(folder / "model", args.work / "model", way, model)
        (staged / "report").mkdir(exist_ok=True)
        scores, fitted = measure.synthetic_rows(staged, held_out, [], [], staged / "report", config.workers)
        glyphs = Classifier(staged / "classifier.onnx")
        parts = range(0, len(test[0]), 256)
        read = np.concatenate([glyphs.glyphs(list(test[0][i : i + 256]))[:, :33].argmax(1) for i in parts])
        own = "" if args.folder is None else f"{_own(staged, fitted, args.folder, args.labels):.3f}"
        print(
            f"| {way.name} | {model.count_params():,} | {scores['exact_match']:.3f} | {scores['glyphs_right']:.4f} "
            f"| {(read == test[1]).mean():.4f} | {own} |",
            flush=True,
        )


def _stage(folder: Path, shipped: Path, way: Way, model: keras.Model) -> Path:
    """Make a model folder of the run's rectifier and this classifier."""
    folder.mkdir(exist_ok=True)
    for suffix in (".onnx", ".keras"):
        for name in ("locator", "rectifier", "glyph"):
            shutil.copy(shipped / f"{name}{suffix}", folder)
    export(way.build, model, (STRIP_HEIGHT, STRIP_WIDTH, 1), folder / "classifier")
    description = json.loads((shipped / "model.json").read_text())
    description["sha256"] = {f"{n}{s}": sha256(folder / f"{n}{s}") for n in NETWORKS for s in (".onnx", ".keras")}
    write_whole(folder / "model.json", json.dumps(description))
    return folder


def _own(folder: Path, fitted: dict[str, object], pictures: Path, labels: Path) -> float:
    """Return the exact match on labelled pictures of one's own, with what was fitted for this classifier."""
    description = json.loads((folder / "model.json").read_text())
    way = {"experts": {"lattice": 1.0}, "confidence": fitted["confidence"]}
    description |= {"recogniser": "lattice", "recognisers": {"lattice": way}, "quality": fitted["quality"]}
    write_whole(folder / "model.json", json.dumps(description))
    known, reader = labelled_pictures(labels, pictures), Reader(folder)
    return exact_match([label.text for _, label in known], [reader.read(path).vin for path, _ in known])


if __name__ == "__main__":
    main()
