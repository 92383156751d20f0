"""The ways to read strips, side by side: ``python3 benchmarks/recognisers.py FOLDER... [--scenes N] [--write]``.

Every way that the shipped model has reads the pictures of each FOLDER, which has a labels.csv (columns image, vin), and
drawn scenes in faces that none of them learned; each with what is known of VINs and without. Prints what each reads, by
folder, surface and height of the glyphs, how well its confidence is calibrated, what it costs, and who is right where
others are wrong.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from itertools import permutations
from pathlib import Path
from typing import NamedTuple

import cv2
import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tables import show  # noqa: E402

from vinchar.bundle import EXPERTS, open_bundle  # noqa: E402
from vinchar.drawing.surfaces import MATERIALS  # noqa: E402
from vinchar.evaluation.metrics import expected_calibration_error  # noqa: E402
from vinchar.evaluation.scored import Label, labelled_pictures  # noqa: E402
from vinchar.imaging import Source  # noqa: E402
from vinchar.reader import Reader  # noqa: E402
from vinchar.training.cache import SceneCache, draw_scenes  # noqa: E402
from vinchar.training.framing import draw_box_frame  # noqa: E402
from vinchar.training.measure import true_vins  # noqa: E402
from vinchar.training.parts import shared_out  # noqa: E402

SEED = 99  # of scenes that no confidence was fitted on
HEIGHTS = (0, 8, 12, 16, 1000)  # pixels of a glyph in the photo, the middle one of a scene
SOME = 50  # pictures, and scenes, that a process reads in one go
TIMED = 200  # strips
Truths = list[str]


class Read(NamedTuple):
    """What was read, whether that is accepted, and how surely it is right."""

    vin: str | None
    ok: bool
    confidence: float


def read_pictures(way: str, priors: bool, pictures: Sequence[tuple[Source, Label]]) -> list[Read]:
    """Read whole pictures."""
    cv2.setNumThreads(1)
    reader = Reader(recogniser=way, vin_priors=priors)
    readings = (reader.read(source) for source, _ in pictures)
    return [Read(one.vin, one.status == "ok", one.confidence) for one in readings]


def read_scenes(way: str, priors: bool, job: tuple[int, SceneCache]) -> list[Read]:
    """Read scenes, from the ``first`` of all on, from loose boxes."""
    cv2.setNumThreads(1)
    (first, scenes), found = job, []
    reader = Reader(recogniser=way, vin_priors=priors)
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


def milliseconds(way: str) -> str:
    """Return how long reading a clear strip takes: by the recogniser alone, and with all that is round it."""
    cv2.setNumThreads(1)
    picture = cv2.imread(str(ROOT / "images" / "strips" / sorted(p.name for p in (ROOT / "images/strips").iterdir())[0]))
    reader = Reader(recogniser=way)
    best = reader.search.read(cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY), "strip").best
    assert best is not None
    strip = best.reading.strip
    taken = []
    for work in (lambda: reader.recogniser.read([strip]), lambda: reader.read(picture)):
        work()
        times = []
        for _ in range(TIMED):
            started = time.perf_counter()
            work()
            times.append(1000 * (time.perf_counter() - started))
        taken.append(f"{np.median(times):.1f}")
    return ", ".join(taken)


def accepted(truths: Truths, read: Sequence[Read]) -> str:
    """Return the share that is accepted, and of those the share that is right."""
    ok, hits = np.array([one.ok for one in read]), right(truths, read)
    return f"{ok.mean():.3f}, {hits[ok].mean():.3f}" if ok.any() else "0, -"


def alone(truths: Truths, by_way: dict[str, list[Read]]) -> list[list[str]]:
    """Return, for every two ways, how many pictures one reads right and the other wrongly, and how many neither."""
    hits = {way: right(truths, read) for way, read in by_way.items()}
    return [
        [one, other, str(int((~a).sum())), str(int((~a & ~b).sum())), str(int((~a & b).sum()))]
        for one, other in permutations(hits, 2)
        for a, b in [(hits[one], hits[other])]
    ]


def main() -> None:
    """Read everything in every way, print and perhaps write."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folders", type=Path, nargs="+", metavar="FOLDER")
    parser.add_argument("--scenes", type=int, default=2000, metavar="N")
    parser.add_argument("--workers", type=int, default=2, metavar="N")
    parser.add_argument("--write", action="store_true", help="keep the results, and put them into the documents")
    args = parser.parse_args()
    bundle = open_bundle()
    ways = [*sorted(bundle.recognisers, key=lambda way: (way == "fused", [*EXPERTS, "fused"].index(way)))]
    folders = {folder.name: labelled_pictures(folder / "labels.csv", folder) for folder in args.folders}
    truths = {name: [label.text for _, label in known] for name, known in folders.items()}
    with tempfile.TemporaryDirectory() as work:
        scenes = draw_scenes(Path(work), args.scenes, SEED, args.workers, held_out=True)
    truths["drawn"] = true_vins(scenes)
    read: dict[tuple[str, str, bool], list[Read]] = {}
    for way in ways:
        for priors in (True, False):
            for name, known in folders.items():
                parts = [known[i : i + SOME] for i in range(0, len(known), SOME)]
                done = shared_out(partial(read_pictures, way, priors), parts, args.workers)
                read[way, name, priors] = [one for part in done for one in part]
            jobs = [(i, scenes.part(i, SOME)) for i in range(0, len(scenes), SOME)]
            done = shared_out(partial(read_scenes, way, priors), jobs, args.workers)
            read[way, "drawn", priors] = [one for part in done for one in part]
            print(f"read by {way}, {'with' if priors else 'without'} what is known of VINs", file=sys.stderr)

    sets = [*folders, "drawn"]
    made, sizes = bundle.description["trained_with"]["networks"], bundle.description["parameters"]
    rows = []
    for way in ways:
        networks = [EXPERTS[expert] for expert in bundle.recognisers[way].experts]
        chances = np.array([one.confidence for one in read[way, "drawn", True]])
        rows.append(
            [
                way,
                *(
                    f"{share(right(truths[name], read[way, name, True]))}, {share(right(truths[name], read[way, name, False]))}"
                    for name in sets
                ),
                *(accepted(truths[name], read[way, name, True]) for name in sets),
                f"{expected_calibration_error(chances, right(truths['drawn'], read[way, 'drawn', True])):.3f}",
                milliseconds(way),
                f"{sum(sizes[network] for network in networks):,}",
                " + ".join(f"{made[network]['steps']:,}" for network in networks),
            ]
        )
    header = ["reads by", *(f"{name}: right, without priors" for name in sets)]
    header += [f"{name}: accepted, of those right" for name in sets]
    header += ["calibration error, drawn", "ms: the strip alone, with all round it", "parameters", "steps"]
    show("recognisers", ["", *ways], [[name, *column] for name, column in zip(header[1:], zip(*(row[1:] for row in rows), strict=True), strict=True)], args.write)

    heights = np.median(np.linalg.norm(scenes.quads[:, :, 0] - scenes.quads[:, :, 3], axis=-1), axis=1)
    kinds = [(f"on {name}", scenes.material == i) for i, name in enumerate(MATERIALS)]
    kinds += [(f"glyphs {a} to {b} pixels high", (heights >= a) & (heights < b)) for a, b in zip(HEIGHTS, HEIGHTS[1:], strict=False)]
    hits = {way: right(truths["drawn"], read[way, "drawn", True]) for way in ways}
    table = [[what, str(int(some.sum())), *(share(hits[way][some]) for way in ways)] for what, some in kinds]
    show("recognisers_drawn", ["drawn scenes", "n", *ways], table, args.write)

    real = [name for name in sets if name != "drawn"]
    together = {way: [one for name in real for one in read[way, name, True]] for way in ways}
    of_real = alone([truth for name in real for truth in truths[name]], together)
    of_drawn = alone(truths["drawn"], {way: read[way, "drawn", True] for way in ways})
    pairs = [[*one, *other[2:]] for one, other in zip(of_real, of_drawn, strict=True)]
    header = ["reads by", "beside", *(f"{what}: {on}" for on in ("photos", "drawn") for what in ("wrong", "both wrong", "the other right"))]
    show("recognisers_errors", header, pairs, args.write)


if __name__ == "__main__":
    main()
