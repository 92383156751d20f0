"""What each part of the reading gives: ``python3 benchmarks/reading_ablations.py FOLDER --labels FILE``.

Reads drawn scenes in held-out faces from loose boxes, and the labelled pictures of FOLDER, with one part of the reading
left out or done in another way at a time, and prints a row a way as Markdown: exact match on both, and the mean time of
a scene. The confidence stays as it was fitted: it only tells the search where to end.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from functools import partial
from pathlib import Path
from unittest.mock import patch

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from lattice import SOURCES, part  # noqa: E402
from tables import table  # noqa: E402

from vinchar import line_reader  # noqa: E402
from vinchar import reader as reading  # noqa: E402
from vinchar.assemble import Weights, assemble  # noqa: E402
from vinchar.classify import Classifier  # noqa: E402
from vinchar.drawing.scenes import draw_scene  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.evaluation.metrics import exact_match  # noqa: E402
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.posterior import Priors  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.search import Search  # noqa: E402
from vinchar.segment import segment  # noqa: E402
from vinchar.structure.model import UNIFORM, Rules, Structure  # noqa: E402
from vinchar.structure.rules import maker_codes  # noqa: E402
from vinchar.training.framing import draw_box_frame  # noqa: E402
from vinchar.types import STRIP_HEIGHT, Lattice, Strip  # noqa: E402

FLATTER = 0.9  # height of the second scale


def weighing(**other: float | tuple[float, ...]) -> AbstractContextManager[object]:
    """Let paths be scored with other weights."""
    return patch.object(line_reader, "assemble", partial(assemble, weights=replace(Weights(), **other)))  # type: ignore[arg-type]


def knowing(structure: Structure) -> AbstractContextManager[object]:
    """Let readers know this alone of how VINs are built; what tells them from other text stays."""
    return patch.object(reading, "Priors", lambda *_: Priors(structure))


def cutting(source: str) -> AbstractContextManager[object]:
    """Let lattices have the arcs of one source of cuts alone."""

    def some(strip: Strip) -> Lattice:
        lattice = segment(strip)
        return part(lattice, SOURCES[source](lattice))

    return patch.object(line_reader, "segment", some)


def twice() -> AbstractContextManager[object]:
    """Let strips be classified a second time, flatter, and both answers be averaged."""
    once = Classifier.logits
    middle = (STRIP_HEIGHT - 1) / 2
    matrix = np.array([[1, 0, 0], [0, FLATTER, middle * (1 - FLATTER)]])

    def logits(self: Classifier, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        flat = [cv2.warpAffine(one, matrix, one.shape[::-1], borderMode=cv2.BORDER_REPLICATE) for one in strips]
        return np.asarray((once(self, strips) + once(self, np.stack(flat))) / 2, np.float32)

    return patch.object(Classifier, "logits", logits)


WAYS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "as shipped": nullcontext,
    "no further views of lines in doubt": lambda: patch.object(Search, "_other_views", lambda *_, **__: iter(())),
    "no grid cuts": lambda: cutting("components and profile (no grid cut)"),
    "grid cuts alone": lambda: cutting("grid alone"),
    "arcs without their costs": lambda: weighing(cost=0.0),
    "no pitch prior": lambda: weighing(cap=0.0),
    "one pitch, 20 pixels": lambda: weighing(pitches=(20.0,)),
    "glyphs need not be alike in size": lambda: weighing(size=0.0),
    "columns between glyphs do not count": lambda: weighing(gap=0.0, end=0.0),
    "two scales averaged": twice,
    "plain rules of VINs alone": lambda: knowing(Structure(((1.0, Rules(maker_codes())),))),
    "no structure of VINs": lambda: knowing(UNIFORM),
}


def measured(scenes: Sequence[tuple[NDArray[np.uint8], NDArray[np.float32], str]]) -> tuple[float, float]:
    """Return the exact match on drawn scenes, each read from the frame beside it, and the mean milliseconds of one."""
    reader = Reader()
    started = time.perf_counter()
    found = [reader.search.find(gray, [frame]) for gray, frame, _ in tqdm(scenes, leave=False, unit="scene")]
    milliseconds = (time.perf_counter() - started) / len(scenes) * 1000
    read = [None if one is None else one.assembly.vin for one in found]
    return exact_match([vin for *_, vin in scenes], read), milliseconds


def main() -> None:
    """Read in every way and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--drawn", type=int, default=500, metavar="N")
    args = parser.parse_args()
    if (args.folder is None) != (args.labels is None):
        parser.error("FOLDER and --labels go together")
    known = [] if args.folder is None else labelled_pictures(args.labels, args.folder)
    cv2.setNumThreads(1)
    scenes = []
    for i in range(args.drawn):
        rng = np.random.default_rng([13, i])
        scene = draw_scene(rng, held_out=True, vin=draw_vin(rng, uniform=0.0))
        scenes.append((scene.gray, draw_box_frame(scene.quads, rng), scene.vin))
    rows = []
    for name, way in tqdm(WAYS.items(), unit="way"):
        with way():
            drawn, milliseconds = measured(scenes)
            reader = Reader()
            read = [reader.read(source).vin for source, _ in known]
        own = f"{exact_match([label.text for _, label in known], read):.3f}" if known else ""
        rows.append((name, f"{drawn:.3f}", own, f"{milliseconds:.0f}"))
    print(table(("reading", "drawn scenes", "own pictures", "ms a scene"), rows))


if __name__ == "__main__":
    main()
