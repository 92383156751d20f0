"""The ways to read strips, side by side: ``python3 benchmarks/recognisers.py FOLDER... [--model DIR] [--write]``.

Every way that a model has (``--model``, by default the shipped one) reads the pictures of each FOLDER, which has a
labels.csv (columns image, vin), and drawn scenes in faces that none of them learned, each with what is known of VINs
and without. Prints what each reads, by folder, surface and height of the glyphs, how well its confidence is calibrated,
what it costs, and who is right where others are wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from itertools import pairwise, permutations
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.bundle import EXPERTS, Bundle, default_folder, open_bundle  # noqa: E402
from vinchar.drawing.surfaces import MATERIALS  # noqa: E402
from vinchar.evaluation.metrics import expected_calibration_error  # noqa: E402
from vinchar.evaluation.scored import Label, labelled_pictures  # noqa: E402
from vinchar.imaging import Source, load  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.training.cache import SceneCache, draw_scenes  # noqa: E402
from vinchar.training.framing import draw_box_frame  # noqa: E402
from vinchar.training.measure import true_vins  # noqa: E402
from vinchar.training.parts import shared_out  # noqa: E402

SEED = 99  # of scenes that no confidence was fitted on
HEIGHTS = (0, 8, 12, 16, 1000)  # pixels of a glyph in the photo, the middle one of a scene
SOME = 50  # pictures, and scenes, that a process reads in one go
TIMED = 200  # strips
STRIP = ROOT / "images" / "strips" / "roboto-condensed-400-print-light.png"
Truths = list[str]
Pictures = Sequence[tuple[Source, Label]]


class Read(NamedTuple):
    """What was read, whether that is accepted, and how surely it is right."""

    vin: str | None
    ok: bool
    confidence: float


def read_pictures(model: Path, way: str, priors: bool, pictures: Pictures) -> list[Read]:
    """Read whole pictures."""
    cv2.setNumThreads(1)
    reader = Reader(model, recogniser=way, vin_priors=priors)
    readings = (reader.read(source) for source, _ in pictures)
    return [Read(one.vin, one.status == "ok", one.confidence) for one in readings]


def read_scenes(model: Path, way: str, priors: bool, job: tuple[int, SceneCache]) -> list[Read]:
    """Read scenes, from the ``first`` of all on, from loose boxes."""
    cv2.setNumThreads(1)
    (first, scenes), found = job, []
    reader = Reader(model, recogniser=way, vin_priors=priors)
    for i in range(len(scenes)):
        frame = draw_box_frame(scenes.quads[i], np.random.default_rng([0, first + i]))
        decision = reader.search.line(scenes.gray(i), [frame])
        best = decision.best
        found.append(Read(None if best is None else best.vin, decision.is_ok, decision.chance))
    return found


def right(truths: Truths, read: Sequence[Read]) -> np.ndarray:
    """Return which were read right, bool (N,)."""
    return np.array([one.vin == truth for one, truth in zip(read, truths, strict=True)], bool)


def share(some: np.ndarray) -> str:
    """Return the share that is true."""
    return f"{some.mean():.3f}" if len(some) else "-"


def milliseconds(model: Path, way: str) -> str:
    """Return how long a clear strip takes on one core: its recogniser alone, and with all that is round it."""
    cv2.setNumThreads(1)
    reader = Reader(model, recogniser=way)
    gray = load(STRIP)
    best = reader.search.read(gray, "strip").best
    assert best is not None
    strip = best.reading.strip
    medians = []
    for work in (lambda: reader.recogniser.read([strip]), lambda: reader.read(gray, "strip")):
        times = []
        for _ in range(TIMED):
            started = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - started))
        medians.append(f"{np.median(times):.1f}")
    return ", ".join(medians)


def accepted(truths: Truths, read: Sequence[Read]) -> str:
    """Return the share that is accepted, and of those the share that is right."""
    ok, hits = np.array([one.ok for one in read]), right(truths, read)
    return f"{ok.mean():.3f}, {hits[ok].mean():.3f}" if ok.any() else "0, -"


def calibration(truths: Truths, read: Sequence[Read]) -> str:
    """Return the expected calibration error."""
    return f"{expected_calibration_error(np.array([one.confidence for one in read]), right(truths, read)):.3f}"


def summary(
    bundle: Bundle,
    model: Path,
    ways: Sequence[str],
    truths: dict[str, Truths],
    read: dict[tuple[str, str, bool], list[Read]],
) -> list[list[str]]:
    """Return a row for everything that is measured of the ways as wholes."""
    networks = {way: [EXPERTS[expert] for expert in bundle.recognisers[way].experts] for way in ways}
    made, sizes = bundle.description["trained_with"]["networks"], bundle.description["parameters"]
    rows = []
    for name, known in truths.items():
        rows += [
            [f"{name}: exact match", *(share(right(known, read[way, name, True])) for way in ways)],
            [f"{name}: without what is known of VINs", *(share(right(known, read[way, name, False])) for way in ways)],
            [f"{name}: accepted, of those right", *(accepted(known, read[way, name, True]) for way in ways)],
        ]
    of_network = {
        "parameters": lambda network: f"{sizes[network]:,}",
        "steps": lambda network: f"{made[network]['steps']:,}",
        "minutes of training": lambda network: f"{made[network].get('minutes', '-')}",
    }
    return [
        *rows,
        ["drawn: calibration error", *(calibration(truths["drawn"], read[way, "drawn", True]) for way in ways)],
        ["ms a strip: recogniser, in all", *(milliseconds(model, way) for way in ways)],
        *([what, *(" + ".join(map(of, networks[way])) for way in ways)] for what, of in of_network.items()),
        [
            "weights",
            *(" + ".join(f"{one:.2f}" for one in bundle.recognisers[way].experts.values()) for way in ways),
        ],
    ]


def by_kind(scenes: SceneCache, hits: dict[str, np.ndarray]) -> list[list[str]]:
    """Return the exact match of the drawn scenes by surface and by height of the glyphs."""
    heights = np.median(np.linalg.norm(scenes.quads[:, :, 0] - scenes.quads[:, :, 3], axis=-1), axis=1)
    kinds = [(f"on {name}", scenes.material == i) for i, name in enumerate(MATERIALS)]
    kinds += [(f"glyphs of {a} to {b} pixels", (heights >= a) & (heights < b)) for a, b in pairwise(HEIGHTS)]
    return [[what, str(int(some.sum())), *(share(one[some]) for one in hits.values())] for what, some in kinds]


def alone(hits: dict[str, np.ndarray]) -> list[list[str]]:
    """Return, for every two ways, how much one reads wrongly, of that both, and what the other alone does."""
    return [
        [one, other, *(str(int(some.sum())) for some in (~a, ~a & ~b, a & ~b))]
        for (one, a), (other, b) in permutations(hits.items(), 2)
    ]


def main() -> None:
    """Read everything in every way, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--model", type=Path, default=default_folder(), metavar="DIR")
    parser.add_argument("--name", default="recognisers", help="of the results that are kept")
    parser.add_argument("--scenes", type=int, default=2000, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the results, and put them into the documents")
    args = parser.parse_args()
    bundle = open_bundle(args.model)
    ways = sorted(bundle.recognisers, key=[*EXPERTS, "fused"].index)
    pictures = {folder.name: labelled_pictures(folder / "labels.csv", folder) for folder in args.folders}
    with tempfile.TemporaryDirectory() as work:
        scenes = draw_scenes(Path(work), args.scenes, SEED, args.workers, held_out=True)
    truths = {name: [label.text for _, label in known] for name, known in pictures.items()}
    truths["drawn"] = true_vins(scenes)
    read: dict[tuple[str, str, bool], list[Read]] = {}
    for way, priors in tqdm([(way, priors) for way in ways for priors in (True, False)], unit="way"):
        for name, known in pictures.items():
            parts = [known[i : i + SOME] for i in range(0, len(known), SOME)]
            done = shared_out(partial(read_pictures, args.model, way, priors), parts, args.workers)
            read[way, name, priors] = [one for part in done for one in part]
        jobs = [(i, scenes.part(i, SOME)) for i in range(0, len(scenes), SOME)]
        done = shared_out(partial(read_scenes, args.model, way, priors), jobs, args.workers)
        read[way, "drawn", priors] = [one for part in done for one in part]

    show(args.name, ["", *ways], summary(bundle, args.model, ways, truths, read), args.write, args.model)
    hits = {way: {name: right(known, read[way, name, True]) for name, known in truths.items()} for way in ways}
    drawn = {way: hits[way].pop("drawn") for way in ways}
    show(f"{args.name}_drawn", ["drawn scenes", "n", *ways], by_kind(scenes, drawn), args.write, args.model)
    real = alone({way: np.concatenate(list(hits[way].values())) for way in ways})
    pairs = [[*one, *other[2:]] for one, other in zip(real, alone(drawn), strict=True)]
    counted = ("wrong", "the other too", "the other alone")
    header = ["reads by", "the other", *(f"{on}: {what}" for on in ("photos", "drawn") for what in counted)]
    show(f"{args.name}_errors", header, pairs, args.write, args.model)


if __name__ == "__main__":
    main()
