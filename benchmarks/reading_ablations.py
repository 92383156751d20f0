"""What each part of the reading gives: ``python3 benchmarks/reading_ablations.py FOLDER --labels FILE``.

Reads drawn scenes in held-out faces from loose boxes, and the labelled pictures of FOLDER, with one part of the reading
left out or done in another way at a time, and prints a row a way as Markdown: exact match on both, and the mean time of
a scene. The decision stays as it was fitted.
"""

from __future__ import annotations

import argparse
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.assemble import Weights  # noqa: E402
from vinchar.decide import TWO_ROWS, UPSIDE_DOWN  # noqa: E402
from vinchar.drawing.scenes import draw_scene  # noqa: E402
from vinchar.drawing.strings import draw_vin  # noqa: E402
from vinchar.evaluation.metrics import exact_match  # noqa: E402
from vinchar.evaluation.scored import labelled_pictures  # noqa: E402
from vinchar.lattice import Lattice  # noqa: E402
from vinchar.looks import LOOKS  # noqa: E402
from vinchar.posterior import Priors  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.recognise import Experts, Logits  # noqa: E402
from vinchar.search import Search  # noqa: E402
from vinchar.straighten import Straightener  # noqa: E402
from vinchar.structure.model import UNIFORM, Rules, Structure  # noqa: E402
from vinchar.structure.rules import maker_codes  # noqa: E402
from vinchar.training.framing import draw_box_frame  # noqa: E402
from vinchar.types import STRIP_HEIGHT  # noqa: E402

FLATTER = 0.9  # height of the second scale
Way = Callable[[Reader], None]  # changes a reader


class OneView(Search):
    """A search that looks at no line in another way."""

    def _other_views(self, *_: object) -> Iterator[list[tuple[NDArray[np.float32], object]]]:  # type: ignore[override]
        return iter(())


class Twice:
    """A network that sees every strip a second time, flatter, and gives the mean of both answers."""

    def __init__(self, network: Logits) -> None:
        self._network = network

    def logits(self, strips: NDArray[np.uint8]) -> NDArray[np.float32]:
        middle = (STRIP_HEIGHT - 1) / 2
        matrix = np.array([[1, 0, 0], [0, FLATTER, middle * (1 - FLATTER)]])
        flat = [cv2.warpAffine(one, matrix, one.shape[::-1], borderMode=cv2.BORDER_REPLICATE) for one in strips]
        both = self._network.logits(strips) + self._network.logits(np.stack(flat))
        return np.asarray(both / 2, np.float32)


def searching(reader: Reader, kind: type[Search] = Search, without: str = "", **weights: object) -> None:
    """Let a reader search by another ``kind``, ``without`` a look, or with other weights of paths."""
    looks = [look for look in LOOKS if look.name != without]
    lattice = Lattice(reader.classifier, replace(Weights(), **weights))  # type: ignore[arg-type]
    judge = reader.search.judge
    reader.search = kind(reader.locator, Straightener(reader.rectifier), Experts((lattice, 1.0)), judge, looks)


def knowing(reader: Reader, structure: Structure) -> None:
    """Let a reader know this alone of how VINs are built; what tells them from other text stays."""
    reader.search.judge.priors = Priors(structure)


def twice(reader: Reader) -> None:
    """Let strips be classified at two scales."""
    recogniser = Experts((Lattice(Twice(reader.classifier)), 1.0))
    reader.search = Search(reader.locator, Straightener(reader.rectifier), recogniser, reader.search.judge)


WAYS: dict[str, Way] = {
    "as shipped": lambda reader: None,
    "no further views of lines in doubt": partial(searching, kind=OneView),
    "no pitch prior": partial(searching, cap=0.0),
    "one pitch, 20 pixels": partial(searching, pitches=(20.0,)),
    "columns between glyphs do not count": partial(searching, gap=0.0, end=0.0),
    "two scales averaged": twice,
    "plain rules of VINs alone": partial(knowing, structure=Structure(((1.0, Rules(maker_codes())),))),
    "no structure of VINs": partial(knowing, structure=UNIFORM),
    **{f"without the look {name!r}": partial(searching, without=name) for name in ("other text", "from farther")},
    **{f"without the look {name!r}": partial(searching, without=name) for name in (UPSIDE_DOWN, TWO_ROWS)},
}


def measured(
    way: Way, scenes: Sequence[tuple[NDArray[np.uint8], NDArray[np.float32], str]]
) -> tuple[Reader, float, float]:
    """Return a reader, its exact match on drawn scenes, each read from the frame beside it, and milliseconds of one."""
    reader = Reader()
    way(reader)
    started = time.perf_counter()
    best = [reader.search.line(gray, [frame]).best for gray, frame, _ in tqdm(scenes, leave=False, unit="scene")]
    milliseconds = (time.perf_counter() - started) / len(scenes) * 1000
    return reader, exact_match([vin for *_, vin in scenes], [line and line.vin for line in best]), milliseconds


def main() -> None:
    """Read in every way and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, nargs="?")
    parser.add_argument("--labels", type=Path)
    parser.add_argument("--drawn", type=int, default=500, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the result, and put it into the documents")
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
        reader, drawn, milliseconds = measured(way, scenes)
        read = [reader.read(source).vin for source, _ in known]
        own = f"{exact_match([label.text for _, label in known], read):.3f}" if known else ""
        rows.append((name, f"{drawn:.3f}", own, f"{milliseconds:.0f}"))
    show("reading_ablations", ("reading", "drawn scenes", "own pictures", "ms a scene"), rows, args.write)


if __name__ == "__main__":
    main()
